from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from web.forms import Form, ModelForm, RowChoiceField

from .checklist import POINTS, fault
from .lifecycle import DeviceStatus
from .models import Device, Drive, Erasure

Keyboard, Grade, Method = Device.Keyboard, Device.Grade, Erasure.Method
MOST_DRIVES = 3
LARGEST_DRIVE = 100_000  # GB
LISTED_ALREADY = _("This drive is listed already.")


class TagField(forms.CharField):
    """A scanned tag or serial number, in capitals as it is kept; how long it is counts after that: ß becomes SS."""

    def to_python(self, value):
        return super().to_python(value).upper()


class KeyboardField(RowChoiceField):
    def __init__(self):
        super().__init__(
            label=_("Keyboard"),
            choices=[
                (Keyboard.CH_DE, Keyboard.CH_DE.label, _("The keys say ü, ö, ä")),
                (Keyboard.CH_FR, Keyboard.CH_FR.label, _("The keys say è, é, à")),
            ],
        )


class ScanForm(Form):
    code = TagField(
        max_length=60,
        error_messages={"max_length": _("This is no tag: it has %(show_value)s characters, a tag has at most 60.")},
    )


class ReceiveForm(ModelForm):
    asset_tag = TagField(label=_("Tag or serial number"), max_length=60)
    maker = forms.CharField(label=_("Maker"), max_length=40)
    model = forms.CharField(label=_("Model"), max_length=60)
    memory_gb = forms.IntegerField(
        label=_("Memory, GB"),
        initial=8,
        validators=[MinValueValidator(1), MaxValueValidator(1024)],
        widget=forms.TextInput,
    )
    system = forms.ChoiceField(label=_("Operating system"), choices=Device.System, initial=Device.System.LINUX)
    keyboard = KeyboardField()

    class Meta:
        model = Device
        fields = ["asset_tag", "maker", "model", "memory_gb", "system", "keyboard", "shelf"]

    def clean(self):
        """Leave it to the action whether the tag is new: one that is there already leads to its laptop."""
        return self.cleaned_data


class DriveForm(ModelForm):
    serial = TagField(label=_("Serial number of the drive"), max_length=60)
    size_gb = forms.IntegerField(
        label=_("Size, GB"),
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_DRIVE)],
        initial=256,
        widget=forms.TextInput,
    )

    class Meta:
        model = Drive
        fields = ["serial", "kind", "size_gb"]

    def clean_serial(self):
        """Say it at the field when the laptop has this drive already; the database holds it."""
        serial = self.cleaned_data["serial"]
        if self.instance.device_id and self.instance.device.drives.filter(serial=serial).exists():
            raise forms.ValidationError(LISTED_ALREADY)
        return serial


def drive_forms(data=None):
    """The rows for the drives of a laptop; only the first must be there and filled in."""
    rows = []
    for index in range(MOST_DRIVES):
        prefix, is_first = f"drive-{index}", index == 0
        sent = data if data is not None and (is_first or f"{prefix}-serial" in data) else None
        rows.append(DriveForm(sent, prefix=prefix, empty_permitted=not is_first, use_required_attribute=False))
    return rows


def all_valid(drives):
    """Whether each row that was sent is well formed; a drive listed twice is named at the later row."""
    seen = set()
    for drive in drives:
        serial = drive.is_bound and drive.is_valid() and drive.cleaned_data.get("serial")
        if serial and serial in seen:
            drive.add_error("serial", LISTED_ALREADY)
        seen.add(serial)
    return all(drive.is_valid() for drive in drives if drive.is_bound)


class ErasureForm(Form):
    """What came of erasing one drive; the two buttons are the result."""

    drive = forms.ModelChoiceField(queryset=Drive.objects.none(), widget=forms.HiddenInput)
    tries = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    method = RowChoiceField(
        label=_("Method"),
        choices=[
            (Method.PURGE, Method.PURGE.label, _("The usual way for SSD and NVMe")),
            (Method.CLEAR, Method.CLEAR.label, _("For hard disks")),
        ],
    )
    result = forms.ChoiceField(label=_("Result"), choices=Erasure.Result)

    def __init__(self, *args, device, **options):
        super().__init__(*args, **options)
        self.fields["drive"].queryset = device.drives.all()


class ReadyForm(Form):
    """The checklist, the grade and where the laptop goes."""

    points = forms.MultipleChoiceField(
        label=_("Checklist"),
        choices=POINTS,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    grade = RowChoiceField(
        label=_("Grade"),
        choices=[
            (Grade.A, Grade.A.label, _("Runs fast, hardly a scratch")),
            (Grade.B, Grade.B.label, _("Runs well, scratches that do not disturb")),
            (Grade.C, Grade.C.label, _("Slow or worn: does not go to a person")),
        ],
    )
    keyboard = KeyboardField()
    shelf = forms.CharField(label=_("Shelf"), max_length=10, required=False)

    def clean_points(self):
        points = self.cleaned_data["points"]
        if sentence := fault(points):
            raise forms.ValidationError(sentence)
        return points


class FilterForm(Form):
    q = forms.CharField(label=_("Number, tag or model"), required=False, max_length=60)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=lambda: [("", _("All")), *DeviceStatus.choices]
    )
