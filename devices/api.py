from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from jobs.api import idempotent
from partners.api import ApiView
from people.access import workshop_required

from . import actions
from .checklist import POINTS
from .forms import LARGEST_DRIVE
from .models import Device, Drive, Erasure


class TagField(serializers.CharField):
    """A tag or serial number, in capitals as it is kept; how long it is counts after that: ß becomes SS."""

    def to_internal_value(self, data):
        return super().to_internal_value(data).upper()


class DriveSerializer(serializers.ModelSerializer):
    serial = TagField(max_length=60)
    size_gb = serializers.IntegerField(min_value=1, max_value=LARGEST_DRIVE, required=False)

    class Meta:
        model = Drive
        fields = ["serial", "kind", "size_gb"]


class DeviceSerializer(serializers.ModelSerializer):
    """A laptop as it stands in the workshop."""

    class Meta:
        model = Device
        fields = [
            "number",
            "asset_tag",
            "status",
            "maker",
            "model",
            "memory_gb",
            "system",
            "keyboard",
            "grade",
            "shelf",
            "received_at",
            "has_open_drives",
        ]

    has_open_drives = serializers.BooleanField(help_text="Whether a drive still lacks a successful erasure.")


class DeviceDetailSerializer(DeviceSerializer):
    drives = DriveSerializer(many=True)

    class Meta(DeviceSerializer.Meta):
        fields = [*DeviceSerializer.Meta.fields, "drives"]


class NewDeviceSerializer(serializers.Serializer):
    """A laptop that comes in, with its drives."""

    asset_tag = TagField(max_length=60)
    maker = serializers.CharField(max_length=40)
    model = serializers.CharField(max_length=60)
    memory_gb = serializers.IntegerField(min_value=1, max_value=1024)
    system = serializers.ChoiceField(Device.System, default=Device.System.LINUX)
    keyboard = serializers.ChoiceField(Device.Keyboard)
    shelf = serializers.CharField(max_length=10, required=False, allow_blank=True)
    drives = serializers.ListField(child=DriveSerializer(), min_length=1, max_length=8)


class ErasureSerializer(serializers.Serializer):
    """What came of erasing one drive, named by its serial number."""

    drive = TagField(max_length=60)
    method = serializers.ChoiceField(Erasure.Method, default=Erasure.Method.PURGE)
    result = serializers.ChoiceField(Erasure.Result)


class InspectionSerializer(serializers.Serializer):
    """The points of the checklist that were looked at, and the grade."""

    points = serializers.ListField(child=serializers.ChoiceField(list(POINTS.items())))
    grade = serializers.ChoiceField(Device.Grade)
    keyboard = serializers.ChoiceField(Device.Keyboard, required=False)
    shelf = serializers.CharField(max_length=10, required=False, allow_blank=True)


class DeviceFilterSerializer(serializers.Serializer):
    status = serializers.ChoiceField(Device.Status, required=False)


class DeviceView(ApiView):
    scope = "devices"

    def devices(self):
        return Device.objects.visible_to(self.request.user).with_open_drives()

    def fetch(self, number):
        return get_object_or_404(self.devices(), number=number)

    def standing(self, number, code=status.HTTP_200_OK):
        """How the laptop stands now."""
        return Response(DeviceDetailSerializer(self.fetch(number)).data, code)


class Devices(DeviceView):
    may = {"GET": workshop_required, "POST": workshop_required}

    @extend_schema(
        operation_id="devices_list", parameters=[DeviceFilterSerializer], responses=DeviceSerializer(many=True)
    )
    def get(self, request):
        """The laptops, newest first."""
        wanted = self.validated(DeviceFilterSerializer, request.query_params)
        return self.paginated(self.devices().filter(**wanted), DeviceSerializer)

    @extend_schema(
        operation_id="devices_create",
        request=NewDeviceSerializer,
        responses={201: DeviceDetailSerializer, 200: DeviceDetailSerializer},
    )
    @idempotent
    def post(self, request):
        """Take in a laptop: 201, or 200 when its tag is here already and nothing was changed."""
        device, is_new = actions.receive(by=request.user, **self.validated(NewDeviceSerializer))
        return self.standing(device.number, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class DeviceDetail(DeviceView):
    may = {"GET": workshop_required}

    @extend_schema(operation_id="devices_read", responses=DeviceDetailSerializer)
    def get(self, request, number):
        """One laptop with its drives."""
        return self.standing(number)


class DeviceErasure(DeviceView):
    may = {"POST": workshop_required}

    @extend_schema(operation_id="devices_erasure", request=ErasureSerializer, responses={201: DeviceDetailSerializer})
    @idempotent
    def post(self, request, number):
        """Record the erasure of a drive; the laptop moves on once none is left."""
        device = self.fetch(number)
        answers = self.validated(ErasureSerializer)
        drive = get_object_or_404(device.drives, serial=answers.pop("drive"))
        actions.record_erasure(drive, by=request.user, **answers)
        return self.standing(number, status.HTTP_201_CREATED)


class DeviceInspect(DeviceView):
    may = {"POST": workshop_required}

    @extend_schema(operation_id="devices_inspect", request=InspectionSerializer, responses=DeviceDetailSerializer)
    @idempotent
    def post(self, request, number):
        """Mark a laptop ready after every point of the checklist was looked at."""
        device = self.fetch(number)
        actions.mark_ready(device, by=request.user, **self.validated(InspectionSerializer))
        return self.standing(number)
