from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from documents import views as documents
from jobs.api import idempotent
from partners.access import invoice_reader_required
from partners.api import ApiView
from people.access import treasurer_required
from web.api import Conflict

from . import actions, camt
from .lifecycle import InvoiceState, InvoiceStatus
from .models import BankFile, Invoice
from .pdf_progress import pdf_progress

SOON = 5  # seconds until a document is asked for again


class InvoiceSerializer(serializers.ModelSerializer):
    """An invoice or draft; amounts in CHF. `number` is also its address: 2026-0463, or draft-12."""

    number = serializers.CharField(source="slug")
    state = serializers.ChoiceField(InvoiceState.values)
    paid = serializers.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        model = Invoice
        fields = [
            "number",
            "state",
            "partner",
            "bill_to",
            "period",
            "total",
            "paid",
            "issued_on",
            "due_on",
            "reference",
        ]


class LineSerializer(serializers.Serializer):
    sent_on = serializers.DateField()
    case_reference = serializers.CharField()
    request = serializers.CharField()
    device = serializers.CharField()
    amount = serializers.DecimalField(max_digits=10, decimal_places=2)


class InvoiceDetailSerializer(InvoiceSerializer):
    lines = serializers.SerializerMethodField()

    class Meta(InvoiceSerializer.Meta):
        fields = [*InvoiceSerializer.Meta.fields, "lines"]

    @extend_schema_field(LineSerializer(many=True))
    def get_lines(self, invoice):
        """As they were printed; a draft’s are not settled yet and left out."""
        return LineSerializer((invoice.snapshot or {"lines": []})["lines"], many=True).data


class InvoiceFilterSerializer(serializers.Serializer):
    state = serializers.ChoiceField([*InvoiceState.values, "unpaid"], required=False)


class InvoiceView(ApiView):
    scope = "billing"

    def invoices(self):
        return Invoice.objects.visible_to(self.request.user).with_paid()

    def fetch(self, slug):
        return get_object_or_404(self.invoices().of_slug(slug))


class Invoices(InvoiceView):
    may = {"GET": invoice_reader_required}

    @extend_schema(
        operation_id="invoices_list", parameters=[InvoiceFilterSerializer], responses=InvoiceSerializer(many=True)
    )
    def get(self, request):
        """The invoices, newest first; an organisation sees those that were issued."""
        found = self.invoices().defer("snapshot")
        if state := self.validated(InvoiceFilterSerializer, request.query_params).get("state"):
            found = found.in_state(state)
        return self.paginated(found, InvoiceSerializer)


class InvoiceDetail(InvoiceView):
    may = {"GET": invoice_reader_required}

    @extend_schema(operation_id="invoices_read", responses=InvoiceDetailSerializer)
    def get(self, request, slug):
        """One invoice with its lines as they were printed."""
        return Response(InvoiceDetailSerializer(self.fetch(slug)).data)


class InvoicePdf(InvoiceView):
    may = {"GET": invoice_reader_required}

    @extend_schema(operation_id="invoices_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request, slug):
        """The document, the same bytes for ever; 409 while it is being made, with Retry-After, or once given up."""
        invoice = self.fetch(slug)
        if invoice.status == InvoiceStatus.DRAFT:
            raise Conflict(_("A draft has no document: issue it first."))
        pdf = pdf_progress(invoice)
        if pdf.document:
            return documents.send(pdf.document.file)
        if pdf.is_being_made:
            raise Conflict(_("The document is being made."), "not_made_yet", wait=SOON)
        if request.user.acting_for:
            raise Conflict(_("The PDF can’t be made just now."))
        raise Conflict(_("The PDF could not be made."))


class NewBankFileSerializer(serializers.Serializer):
    """A camt.054 or camt.053 file as the bank wrote it."""

    file = serializers.FileField(max_length=120, allow_empty_file=True)


class BankFileSerializer(serializers.ModelSerializer):
    """What came of a bank file: how many of its bookings were booked, known already, left for a person."""

    class Meta:
        model = BankFile
        fields = ["id", "name", "kind", "message_id", "booked", "known", "for_a_person", "at"]


class BankFiles(ApiView):
    scope = "billing"
    may = {"POST": treasurer_required}
    parser_classes = [MultiPartParser]
    largest = camt.LARGEST

    @extend_schema(
        operation_id="bank_files_create",
        request=NewBankFileSerializer,
        responses={201: BankFileSerializer, 200: BankFileSerializer},
    )
    @idempotent
    def post(self, request):
        """Book a bank file: 201, or 200 when this very file was booked before."""
        file = self.validated(NewBankFileSerializer)["file"]
        booked, is_new = actions.import_bank_file(file.read(), name=file.name, by=request.user)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(BankFileSerializer(booked).data, code)
