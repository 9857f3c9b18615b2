from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from documents import views as documents
from jobs.api import idempotent
from jobs.models import Job
from partners.api import ApiView
from people.access import access, dispatcher_required, workshop_required
from people.models import AuditEntry
from requests.models import Allocation, DeviceRequest
from web.api import Conflict

from . import actions
from .lifecycle import ShipmentStatus
from .models import Label, Shipment

SOON = 5  # seconds until a label is asked for again

parcel_reader = access(
    "admin, dispatcher, volunteer, partner: social_worker, manager",
    lambda user: (
        not user.membership_roles.isdisjoint({"social_worker", "manager"})
        if user.acting_for
        else user.has_role("admin", "dispatcher", "volunteer")
    ),
)


class ShipmentSerializer(serializers.ModelSerializer):
    """A parcel; no names: volunteers read this, too."""

    request = serializers.SlugRelatedField("number", read_only=True)
    device = serializers.SlugRelatedField("number", read_only=True)

    class Meta:
        model = Shipment
        fields = ["id", "allocation", "request", "device", "status", "ident_code", "closed_at", "handed_over_at"]


class NewShipmentSerializer(serializers.Serializer):
    allocation = serializers.IntegerField(min_value=1)


class ScanSerializer(serializers.Serializer):
    """The laptop that was put inside, by its number or tag."""

    device = serializers.CharField(max_length=60)


class ShipmentFilterSerializer(serializers.Serializer):
    status = serializers.ChoiceField(ShipmentStatus, required=False)


class ShipmentView(ApiView):
    scope = "shipping"

    def shipments(self):
        return Shipment.objects.visible_to(self.request.user).select_related("request", "device")

    def fetch(self, pk):
        return get_object_or_404(self.shipments(), pk=pk)


class Shipments(ShipmentView):
    may = {"GET": parcel_reader, "POST": dispatcher_required}

    @extend_schema(
        operation_id="shipments_list", parameters=[ShipmentFilterSerializer], responses=ShipmentSerializer(many=True)
    )
    def get(self, request):
        """The parcels, newest first."""
        wanted = self.validated(ShipmentFilterSerializer, request.query_params)
        return self.paginated(self.shipments().filter(**wanted), ShipmentSerializer)

    @extend_schema(operation_id="shipments_create", request=NewShipmentSerializer, responses={201: ShipmentSerializer})
    @idempotent
    def post(self, request):
        """Begin a parcel for an allocation; its label is made in the background."""
        kept = Allocation.objects.filter(request__in=DeviceRequest.objects.visible_to(request.user))
        allocation = get_object_or_404(kept, pk=self.validated(NewShipmentSerializer)["allocation"])
        shipment = actions.pack(allocation, by=request.user)
        return Response(ShipmentSerializer(shipment).data, status.HTTP_201_CREATED)


class ShipmentDetail(ShipmentView):
    may = {"GET": parcel_reader}

    @extend_schema(operation_id="shipments_read", responses=ShipmentSerializer)
    def get(self, request, pk):
        """One parcel."""
        return Response(ShipmentSerializer(self.fetch(pk)).data)


class ShipmentLabel(ShipmentView):
    may = {"GET": dispatcher_required}

    @extend_schema(operation_id="shipments_label", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request, pk):
        """The label as a PDF; 409 while it is being made, with Retry-After, or when there will be none."""
        shipment = self.fetch(pk)
        job = Job.objects.unfinished_for(actions.MAKE_LABEL, shipment)  # first: if it ends now, the label is there
        label = shipment.labels.filter(state=Label.State.MADE).select_related("file").last()
        if label is not None:
            if shipment.names_a_person:
                AuditEntry.objects.record("read_recipient", subject=shipment.request.number, by=request.user)
            return documents.send(label.file)
        if shipment.status == ShipmentStatus.CANCELLED:
            raise Conflict(shipment.next_step.sentence)
        if job and job.is_under_way:
            raise Conflict(_("The label is being made."), "not_made_yet", wait=SOON)
        raise Conflict(_("The label was not made."))


class ShipmentClose(ShipmentView):
    may = {"POST": workshop_required}

    @extend_schema(operation_id="shipments_close", request=ScanSerializer, responses=ShipmentSerializer)
    @idempotent
    def post(self, request, pk):
        """Close a parcel with the laptop that must be inside."""
        shipment = self.fetch(pk)
        actions.close_parcel(shipment, device_code=self.validated(ScanSerializer)["device"], by=request.user)
        return Response(ShipmentSerializer(shipment).data)


class ShipmentHandOver(ShipmentView):
    may = {"POST": workshop_required}

    @extend_schema(operation_id="shipments_hand_over", request=None, responses=ShipmentSerializer)
    @idempotent
    def post(self, request, pk):
        """The parcel leaves the house; from now on it is to be charged."""
        shipment = self.fetch(pk)
        actions.hand_over(shipment, by=request.user)
        return Response(ShipmentSerializer(shipment).data)
