# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import complaint_export
from . import complaint_coordination
from . import complaint_cancellation
from . import complaint_external_body
from . import complaint_notice
from . import complaint_notice_letter
from . import complaint_product
from . import complaint_reason
from . import complaint_referral
from . import complaint_response
from . import complaint_unit
from . import helpdesk_ticket

# before what extends its hooks
from . import helpdesk_ticket_telling
from . import helpdesk_ticket_words
from . import helpdesk_ticket_answer
from . import helpdesk_ticket_category
from . import helpdesk_ticket_channel
from . import helpdesk_ticket_coordination
from . import helpdesk_ticket_customer
from . import helpdesk_ticket_file
from . import helpdesk_ticket_intake
from . import helpdesk_ticket_receipt
from . import helpdesk_ticket_hand_over
from . import helpdesk_ticket_rating
from . import helpdesk_ticket_page
from . import helpdesk_ticket_referral
from . import helpdesk_ticket_stage
from . import helpdesk_ticket_today
from . import helpdesk_ticket_duplicate
from . import helpdesk_ticket_record
from . import helpdesk_ticket_triage
from . import ir_actions
from . import ir_actions_report
from . import ir_attachment
from . import ir_ui_menu
from . import mail_mail
from . import mail_notification
from . import mail_template
from . import mail_thread
from . import rating_rating
from . import res_company
from . import res_config_settings
from . import res_users
