# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import test_answering
from . import test_base_holes
from . import test_documents
from . import test_desk
from . import test_coordination
from . import test_helpdesk_ticket
from . import test_intake_mail
from . import test_mail_failures
from . import test_nothing_lost
from . import test_portal
from . import test_portal_page
from . import test_receipt
from . import test_referral
from . import test_security
from . import test_telling
from . import test_triage
from . import test_views
