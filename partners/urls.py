from django.urls import path, register_converter

from . import views
from .views import imports


class VersionConverter:
    """The number of a version of the agreement, as its form takes it."""

    regex = r"[0-9A-Za-z.-]{1,20}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(VersionConverter, "version")

app_name = "partners"
urlpatterns = [
    path("join/", views.join, name="join"),
    path("join/<uuid:token>/", views.application, name="application"),
    path("join/<uuid:token>/confirm/", views.confirm, name="confirm"),
    path("join/<uuid:token>/complete/", views.complete, name="complete"),
    path("join/<uuid:token>/ask/", views.ask, name="ask"),
    path("join/<uuid:token>/apply-again/", views.apply_again, name="apply_again"),
    path("settings/tariffs/", views.tariffs, name="tariffs"),
    path("settings/tariffs/set-price/", views.set_price, name="set_price"),
    path("settings/tariffs/<int:pk>/withdraw/", views.withdraw_price, name="withdraw_price"),
    path("settings/communes/", views.communes, name="communes"),
    path("settings/communes/<int:pk>/share/", views.share_commune, name="share_commune"),
    path("settings/communes/<int:pk>/leave/", views.leave_commune, name="leave_commune"),
    path("partners/", views.index, name="list"),
    path("partners/new/", views.create, name="create"),
    path("partners/import/", imports.import_workbook, name="import_workbook"),
    path("partners/import/template/", imports.import_template, name="import_template"),
    path("partners/import/<uuid:token>/", imports.show_import, name="show_import"),
    path("partners/import/<uuid:token>/take-over/", imports.take_over, name="take_over"),
    path("partners/import/<uuid:token>/discard/", imports.discard_import, name="discard_import"),
    path("partners/import/<uuid:token>/report/", imports.import_report_file, name="import_report"),
    path("partners/end-on-behalf/", views.end_on_behalf, name="end_on_behalf"),
    path("partners/<int:pk>/act-on-behalf/", views.act_on_behalf, name="act_on_behalf"),
    path("partners/act-for/", views.act_for, name="act_for"),
    path("partners/places/", views.places, name="places"),
    path("partners/agreement-versions/", views.versions, name="versions"),
    path("partners/agreement-versions/new/", views.publish_version, name="publish_version"),
    path("partners/agreement-versions/<version:number>/", views.agreement_version, name="agreement_version"),
    path("partners/agreement-versions/<version:number>/signatures.csv", views.signatures, name="signatures"),
    path("partners/agreement-versions/<version:number>/remind-to-sign/", views.remind_to_sign, name="remind_to_sign"),
    path("partners/agreements/to-countersign/", views.to_countersign, name="to_countersign"),
    path("partners/agreements/<int:pk>/", views.agreement, name="agreement"),
    path("partners/agreements/<int:pk>/file/", views.signed_file, name="signed_file"),
    path("partners/agreements/<int:pk>/countersign/", views.countersign, name="countersign"),
    path("partners/agreements/<int:pk>/set-aside/", views.set_aside, name="set_aside"),
    path("partners/bill-tos/<int:pk>/edit/", views.edit_bill_to, name="edit_bill_to"),
    path("partners/memberships/<int:pk>/accept-invitation/", views.accept_invitation, name="accept_invitation"),
    path("partners/memberships/<int:pk>/decline-invitation/", views.decline_invitation, name="decline_invitation"),
    path("partners/memberships/<int:pk>/resend-invitation/", views.resend_invitation, name="resend_invitation"),
    path("partners/memberships/<int:pk>/change-role/", views.change_role, name="change_role"),
    path("partners/memberships/<int:pk>/end-access/", views.end_access, name="end_access"),
    path("partners/<int:pk>/", views.detail, name="detail"),
    path("partners/<int:pk>/people/", views.tab, {"tab": "people"}, name="people"),
    path("partners/<int:pk>/agreements/", views.tab, {"tab": "agreements"}, name="agreements"),
    path("partners/<int:pk>/coverage/", views.tab, {"tab": "coverage"}, name="coverage"),
    path("partners/<int:pk>/tariff/", views.tab, {"tab": "tariff"}, name="tariff"),
    path("partners/<int:pk>/notes/", views.tab, {"tab": "notes"}, name="notes"),
    path("partners/<int:pk>/history/", views.tab, {"tab": "history"}, name="history"),
    path("partners/<int:pk>/add-note/", views.add_note, name="add_note"),
    path("partners/notes/<int:pk>/strike/", views.strike_note, name="strike_note"),
    path("partners/<int:pk>/admit/", views.admit, name="admit"),
    path("partners/<int:pk>/decline/", views.decline, name="decline"),
    path("partners/<int:pk>/write/", views.write, name="write"),
    path("partners/<int:pk>/edit/", views.edit, name="edit"),
    path("partners/<int:pk>/house-rules/", views.house_rules, name="house_rules"),
    path("partners/<int:pk>/edit-coverage/", views.edit_coverage, name="edit_coverage"),
    path("partners/<int:pk>/new-bill-to/", views.new_bill_to, name="new_bill_to"),
    path("partners/<int:pk>/check-data/", views.check_data, name="check_data"),
    path("partners/<int:pk>/agreement/", views.agreement_text, name="agreement_text"),
    path("partners/<int:pk>/agreement.pdf", views.paper, name="paper"),
    path("partners/<int:pk>/sign/", views.sign, name="sign"),
    path("partners/<int:pk>/upload-agreement/", views.upload_agreement, name="upload_agreement"),
    path("partners/<int:pk>/record-agreement/", views.record_agreement, name="record_agreement"),
    path("partners/<int:pk>/invite/", views.invite, name="invite"),
    path("partners/<int:pk>/suspend/", views.suspend, name="suspend"),
    path("partners/<int:pk>/resume/", views.resume, name="resume"),
    path("partners/<int:pk>/end/", views.end, name="end"),
    path("partners/<int:pk>/give-notice/", views.give_notice, name="give_notice"),
    path("partners/<int:pk>/take-back-notice/", views.take_back_notice, name="take_back_notice"),
    path("partners/<int:pk>/intake/", views.intake, name="intake"),
    path("partners/<int:pk>/intake-poster.pdf", views.intake_poster, name="intake_poster"),
    path("partners/<int:pk>/open-intake-link/", views.open_intake_link, name="open_intake_link"),
    path("partners/<int:pk>/replace-intake-link/", views.replace_intake_link, name="replace_intake_link"),
    path("partners/<int:pk>/close-intake-link/", views.close_intake_link, name="close_intake_link"),
    path("desk/", views.desk, name="desk"),
    path("desk/hand-over/", views.hand_over_all, name="hand_over_all"),
    path("settings/desk/", views.desk_policy, name="desk_policy"),
    path("partners/<int:pk>/write-to/", views.write_to, name="write_to"),
    path("questions/", views.questions, name="questions"),
    path("questions/new/", views.new_question, name="new_question"),
    path("questions/attachments/<int:pk>/", views.attachment, name="attachment"),
    path("questions/<int:pk>/", views.question, name="question"),
    path("questions/<int:pk>/write/", views.write_message, name="write_message"),
    path("questions/<int:pk>/note/", views.write_note, name="write_note"),
    path("questions/<int:pk>/close/", views.close_conversation, name="close_conversation"),
    path("questions/<int:pk>/reopen/", views.reopen_conversation, name="reopen_conversation"),
    path("questions/<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("settings/notices/", views.notices, name="notices"),
    path("settings/notices/new/", views.new_notice, name="new_notice"),
    path("settings/notices/<int:pk>/", views.notice, name="notice"),
    path("settings/notices/<int:pk>/change/", views.change_notice, name="change_notice"),
    path("settings/notices/<int:pk>/publish/", views.publish_notice, name="publish_notice"),
    path("settings/notices/<int:pk>/withdraw/", views.withdraw_notice, name="withdraw_notice"),
    path("notices/<int:pk>/dismiss/", views.dismiss_notice, name="dismiss_notice"),
]
