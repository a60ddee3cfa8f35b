# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import complaint_notice
from . import complaint_product
from . import complaint_reason
from . import complaint_response
from . import complaint_unit
from . import helpdesk_ticket

# before what extends its hooks
from . import helpdesk_ticket_telling
from . import helpdesk_ticket_answer
from . import helpdesk_ticket_category
from . import helpdesk_ticket_channel
from . import helpdesk_ticket_customer
from . import helpdesk_ticket_intake
from . import helpdesk_ticket_stage
from . import helpdesk_ticket_words
from . import ir_actions
from . import ir_attachment
from . import ir_ui_menu
from . import mail_template
from . import mail_thread
from . import res_company
from . import res_config_settings
