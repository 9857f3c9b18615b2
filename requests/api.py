from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from devices.models import Device
from documents import uploads
from jobs.api import idempotent
from partners.access import request_reader_required, social_worker_required
from partners.api import ApiView
from partners.models import BillTo, Commune, Partner
from people.access import dispatcher_required
from people.models import AuditEntry
from web.api import JSONParser
from web.validators import validate_plain_name

from . import actions
from .models import Allocation, DeviceRequest, Recipient, RequestStep
from .models.recipient import LANGUAGES, PERSON, validate_birth_year
from .rules import name_faults

Delivery = Partner.Delivery


class RecipientSerializer(serializers.Serializer):
    """The person a request is for. A parcel to the office needs no address."""

    first_name = serializers.CharField(
        max_length=50, default="", allow_blank=True, validators=[validate_plain_name], help_text="One name suffices."
    )
    last_name = serializers.CharField(max_length=50, default="", allow_blank=True, validators=[validate_plain_name])
    birth_year = serializers.IntegerField(
        required=False, allow_null=True, validators=[validate_birth_year], help_text="Four digits."
    )
    street = serializers.CharField(max_length=70, required=False, allow_blank=True)
    house_number = serializers.CharField(max_length=16, required=False, allow_blank=True)
    postcode = serializers.RegexField(r"\A([0-9]{4})?\Z", required=False, allow_blank=True)
    town = serializers.CharField(max_length=35, required=False, allow_blank=True)
    mobile = PhoneNumberField(region="CH", required=False, allow_blank=True)
    language = serializers.ChoiceField(LANGUAGES, required=False, help_text="Left out: the organisation's.")

    def validate(self, attrs):
        if found := name_faults(attrs["first_name"], attrs["last_name"]):
            raise serializers.ValidationError(found)
        return attrs


class Offered(serializers.PrimaryKeyRelatedField):
    """One of the records that may be named; a number beyond all measure (1e400) is none of them."""

    def to_internal_value(self, data):
        try:
            return super().to_internal_value(data)
        except OverflowError:
            self.fail("does_not_exist", pk_value=data)


class OfferedBillTo(Offered):
    """One of the organisation's own cost bearers."""

    def get_queryset(self):
        return BillTo.objects.visible_to(self.context["request"].user).filter(is_active=True)


class OfferedCommune(Offered):
    """A commune by its BFS number: one of those the organisation speaks for, or any if none is recorded."""

    def get_queryset(self):
        return Commune.objects.offered_to(self.context["request"].user.acting_for)


class WhoPaysSerializer(serializers.Serializer):
    """What a person who asks by the organisation's link doesn't know."""

    case_reference = serializers.CharField(max_length=40, help_text="Printed on the invoice: no names.")
    bill_to = OfferedBillTo(queryset=BillTo.objects.all())
    commune = OfferedCommune(queryset=Commune.objects.all(), help_text="BFS number of the commune that bears the cost.")


class NewRequestSerializer(WhoPaysSerializer):
    """A wish for one laptop for one person."""

    recipient = RecipientSerializer()
    delivery = serializers.ChoiceField(Delivery)
    place_confirmed = serializers.BooleanField(
        default=False, help_text="Postcode and town are right, though they don’t seem to belong together."
    )
    purpose = serializers.ChoiceField(DeviceRequest.Purpose)
    system = serializers.ChoiceField(Device.System, default=Device.System.LINUX)
    keyboard = serializers.ChoiceField(Device.Keyboard)
    proof = serializers.FileField(required=False, help_text="For Windows: PDF, JPEG or PNG to 10 MB, as a form.")

    def validate_proof(self, proof):
        if sentence := uploads.fault(proof, proof.size):
            raise serializers.ValidationError(sentence)
        return proof


class RequestSerializer(serializers.ModelSerializer):
    """A request without its person: what lists and answers to a POST show."""

    class Meta:
        model = DeviceRequest
        fields = [
            "number",
            "status",
            "partner",
            "case_reference",
            "bill_to",
            "commune",
            "delivery",
            "purpose",
            "system",
            "keyboard",
            "price",
            "received_at",
            "approved_at",
            "expected_on",
        ]


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = Recipient
        fields = [*PERSON, "country", "erased_at"]


class StepSerializer(serializers.ModelSerializer):
    class Meta:
        model = RequestStep
        fields = ["verb", "from_status", "to_status", "at", "reason", "numbers"]


class RequestDetailSerializer(RequestSerializer):
    recipient = PersonSerializer()
    steps = StepSerializer(many=True)

    class Meta(RequestSerializer.Meta):
        fields = [*RequestSerializer.Meta.fields, "recipient", "steps"]


class RequestFilterSerializer(serializers.Serializer):
    status = serializers.ChoiceField(DeviceRequest.Status, required=False)
    case_reference = serializers.CharField(max_length=40, required=False)


class RequestView(ApiView):
    scope = "requests"

    def fetch(self, number):
        return get_object_or_404(DeviceRequest.objects.visible_to(self.request.user), number=number)


class Requests(RequestView):
    may = {"GET": request_reader_required, "POST": social_worker_required}
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(
        operation_id="requests_list", parameters=[RequestFilterSerializer], responses=RequestSerializer(many=True)
    )
    def get(self, request):
        """The requests, newest first, without names."""
        wanted = self.validated(RequestFilterSerializer, request.query_params)
        return self.paginated(DeviceRequest.objects.visible_to(request.user).filter(**wanted), RequestSerializer)

    @extend_schema(operation_id="requests_create", request=NewRequestSerializer, responses={201: RequestSerializer})
    @idempotent
    def post(self, request):
        """Write down a request; it goes nowhere before it is approved."""
        answers = self.validated(NewRequestSerializer)
        file, user = answers.pop("proof", None), request.user
        proof = actions.keep_proof(file.read()) if file and answers["system"] == Device.System.WINDOWS else None
        device_request = actions.receive(partner=user.acting_for, owner=user, form_token=None, proof=proof, **answers)
        return Response(RequestSerializer(device_request).data, status.HTTP_201_CREATED)


class RequestDetail(RequestView):
    may = {"GET": request_reader_required}

    @extend_schema(operation_id="requests_read", responses=RequestDetailSerializer)
    def get(self, request, number):
        """One request with its person and its way so far."""
        device_request = self.fetch(number)
        if not device_request.recipient.erased_at:
            AuditEntry.objects.record("read_recipient", device_request.number, by=request.user)
        return Response(RequestDetailSerializer(device_request).data)


class RequestComplete(RequestView):
    may = {"POST": social_worker_required}

    @extend_schema(operation_id="requests_complete", request=WhoPaysSerializer, responses=RequestSerializer)
    @idempotent
    def post(self, request, number):
        """Add who pays to a request that a person asked by the organisation's link; approving it is asked apart."""
        device_request = self.fetch(number)
        answers = self.validated(WhoPaysSerializer)
        actions.complete(device_request, approving=False, by=request.user, **answers)
        return Response(RequestSerializer(device_request).data)


class CorrectedPersonSerializer(RecipientSerializer):
    """What is corrected of the person."""

    first_name = serializers.CharField(
        max_length=50, required=False, allow_blank=True, validators=[validate_plain_name]
    )
    last_name = serializers.CharField(max_length=50, required=False, allow_blank=True, validators=[validate_plain_name])

    def validate(self, attrs):
        return attrs  # one name of two may be named, so the action judges both


class CorrectionSerializer(serializers.Serializer):
    """What is corrected of a request; what is not named stays."""

    recipient = CorrectedPersonSerializer(required=False)
    case_reference = serializers.CharField(max_length=40, required=False, help_text="Printed on the invoice: no names.")
    delivery = serializers.ChoiceField(Delivery, required=False)
    place_confirmed = serializers.BooleanField(
        default=False, help_text="Postcode and town are right, though they don’t seem to belong together."
    )
    purpose = serializers.ChoiceField(DeviceRequest.Purpose, required=False)
    system = serializers.ChoiceField(Device.System, required=False)
    keyboard = serializers.ChoiceField(Device.Keyboard, required=False)
    proof = serializers.FileField(required=False, help_text="For Windows: PDF, JPEG or PNG to 10 MB, as a form.")

    def validate_proof(self, proof):
        if sentence := uploads.fault(proof, proof.size):
            raise serializers.ValidationError(sentence)
        return proof


class RequestCorrect(RequestView):
    may = {"POST": social_worker_required}
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(operation_id="requests_correct", request=CorrectionSerializer, responses=RequestSerializer)
    @idempotent
    def post(self, request, number):
        """Correct what was sent: all of it until a laptop is kept, then the address, until its label is printed."""
        device_request = self.fetch(number)
        answers = self.validated(CorrectionSerializer)
        file = answers.pop("proof", None)
        actions.correct(
            device_request,
            place_confirmed=answers.pop("place_confirmed"),
            answers=answers.pop("recipient", {}) | answers,
            proof=file.read() if file else b"",
            by=request.user,
        )
        return Response(RequestSerializer(device_request).data)


class RequestApprove(RequestView):
    may = {"POST": social_worker_required}

    @extend_schema(operation_id="requests_approve", request=None, responses=RequestSerializer)
    @idempotent
    def post(self, request, number):
        """Register an examined request with the association; its price is frozen."""
        device_request = self.fetch(number)
        actions.approve(device_request, by=request.user)
        return Response(RequestSerializer(device_request).data)


class NewAllocationSerializer(serializers.Serializer):
    """Which laptop for which request, both by number."""

    request = serializers.CharField(max_length=20)
    device = serializers.CharField(max_length=20)


class AllocationSerializer(serializers.ModelSerializer):
    request = serializers.SlugRelatedField("number", read_only=True)
    device = serializers.SlugRelatedField("number", read_only=True)

    class Meta:
        model = Allocation
        fields = ["id", "request", "device", "allocated_at", "released_at"]


class Allocations(RequestView):
    may = {"POST": dispatcher_required}

    @extend_schema(
        operation_id="allocations_create", request=NewAllocationSerializer, responses={201: AllocationSerializer}
    )
    @idempotent
    def post(self, request):
        """Keep a ready laptop for an approved request."""
        numbers = self.validated(NewAllocationSerializer)
        device_request = self.fetch(numbers["request"])
        device = get_object_or_404(Device.objects.visible_to(request.user), number=numbers["device"])
        allocation = actions.allocate(device_request, device, by=request.user)
        return Response(AllocationSerializer(allocation).data, status.HTTP_201_CREATED)
