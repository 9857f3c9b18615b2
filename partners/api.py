"""How programs sign in to the API: tokens, their roles and scopes; and the organisations these may see."""

import redis
import structlog
from django.core.cache import caches
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed, MethodNotAllowed, PermissionDenied
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.throttling import SimpleRateThrottle

from documents.uploads import LARGEST
from people.access import access
from web.api import JSONParser, KeysetPagination, cleaned

from .models import ApiToken, BillTo, Commune, Coverage, Partner

log = structlog.get_logger(__name__)
MB = 1024 * 1024
ROOM_FOR_FIELDS = MB  # bytes beside the largest file
READING = ("GET", "HEAD")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer wg_…`: the token's owner, acting for its partner or for the association."""

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        token = ApiToken.objects.find(words[1].decode("ascii", "replace")) if len(words) == 2 else None
        acting_user = token.acting_user() if token else None
        if acting_user is None:
            raise AuthenticationFailed(_("This token is not known, was revoked, or its owner’s role has ended."))
        return acting_user, token

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


class Allowed(BasePermission):
    """The role that `may` names for the method, and the token's scope: both before anything is fetched."""

    def has_permission(self, request, view):
        if request.auth is None:
            return False
        method = "GET" if request.method in READING else request.method
        if method not in view.may:
            raise MethodNotAllowed(request.method)
        scope = f"{view.scope}:{'read' if method == 'GET' else 'write'}"
        if scope not in request.auth.scopes:
            raise PermissionDenied(_("This token lacks the scope “%(scope)s”.") % {"scope": scope})
        return view.may[method].allowed(request.user)


class TokenThrottle(SimpleRateThrottle):
    """So many calls per token and minute; while Redis is away nobody is counted and nobody is turned away."""

    scope = "token"

    @property
    def cache(self):
        return caches["quick"]

    def get_cache_key(self, request, view):
        return f"throttle-{request.auth.digest}"

    def allow_request(self, request, view):
        try:
            return super().allow_request(request, view)
        except redis.RedisError as error:
            log.warning("throttle_away", error=str(error))
            return True


class JsonOnly(BaseContentNegotiation):
    """Answer in JSON whatever `Accept` says: files are sent as what they are."""

    def select_parser(self, request, parsers):
        return next((parser for parser in parsers if _is_for(parser, request.content_type)), None)

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


def _is_for(parser, content_type):
    return content_type.partition(";")[0].strip().lower() == parser.media_type


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self, largest):
        super().__init__(_("This is larger than %(size)s MB.") % {"size": largest // MB})


class ApiView(GenericAPIView):
    """A route of the API. `may` names the role for each method as the pages do, `scope` what the token must cover."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [Allowed]
    throttle_classes = [TokenThrottle]
    parser_classes = [JSONParser]
    pagination_class = KeysetPagination
    content_negotiation_class = JsonOnly
    scope = ""
    largest = LARGEST  # file, in bytes
    may: dict[str, object] = {}

    @classmethod
    def as_view(cls, **options):
        view = super().as_view(**options)
        view.access = "; ".join(f"{method}: {guard.label}" for method, guard in cls.may.items())
        return view

    def initial(self, request, *args, **kwargs):
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.largest + ROOM_FOR_FIELDS:
            raise TooLarge(self.largest)
        super().initial(request, *args, **kwargs)

    def validated(self, serializer_class, data=None):
        """What was sent, its texts cleaned and well formed; a wrong field is a 400."""
        sent = self.request.data if data is None else data
        serializer = serializer_class(data=cleaned(sent), context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def paginated(self, queryset, serializer_class):
        """One page of the rows."""
        rows = self.paginate_queryset(queryset)
        return self.get_paginated_response(serializer_class(rows, many=True).data)


class BillToSerializer(serializers.ModelSerializer):
    class Meta:
        model = BillTo
        fields = ["id", "name", "department", "postcode", "town", "cadence"]


class CommuneSerializer(serializers.ModelSerializer):
    class Meta:
        model = Commune
        fields = ["bfs_no", "name", "canton"]


class PartnerSerializer(serializers.ModelSerializer):
    """An organisation with who pays and the communes it speaks for: what a request has to name."""

    bill_tos = BillToSerializer(many=True)
    communes = serializers.SerializerMethodField()

    class Meta:
        model = Partner
        fields = ["id", "name", "status", "language", "postcode", "town", "delivery", "bill_tos", "communes"]

    @extend_schema_field(CommuneSerializer(many=True))
    def get_communes(self, partner):
        return CommuneSerializer([row.commune for row in partner.covered], many=True).data


class Partners(ApiView):
    scope = "partners"
    may = {
        "GET": access(
            "admin, dispatcher, treasurer, auditor, partner: any role",
            lambda user: bool(user.acting_for) or user.has_role("admin", "dispatcher", "treasurer", "auditor"),
        )
    }

    @extend_schema(operation_id="partners_list", responses=PartnerSerializer(many=True))
    def get(self, request):
        """The organisations this token may see, newest first."""
        bill_tos = Prefetch("bill_tos", BillTo.objects.filter(is_active=True))
        covered = Prefetch("coverage", Coverage.objects.live().select_related("commune"), to_attr="covered")
        partners = Partner.objects.visible_to(request.user).prefetch_related(bill_tos, covered)
        return self.paginated(partners, PartnerSerializer)
