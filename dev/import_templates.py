"""Make the templates for importing complaints; runs in Odoo's shell.

`dev/odoo shell -d DB --no-http < dev/import_templates.py`, with a database that has
both addons and Indonesian. Headings and lists are those that the importer reads, so run
it again after a change of columns or of their translations (a test tells).
"""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from odoo.modules import get_module_path

ROWS = 5000  # for which cells offer their lists
MOMENT, DAY, TEXT = "dd/mm/yyyy hh:mm", "dd/mm/yyyy", "@"
WIDTHS = {"import_story": 50, "import_answer": 50, "import_note": 40, "name": 36}
FORMATS = {
    "import_received": MOMENT,
    "import_finished": MOMENT,
    "import_extended_until": DAY,
    "import_loss": "#,##0",
}
# No list of what a company names itself (categories, channels, officers).
LISTS = (
    "import_status",
    "import_type",
    "import_assistance",
    "import_urgency",
    "import_role",
    "import_outcome",
)
SHEETS = {"en_US": ("Complaints", "How to fill in"), "id_ID": ("Pengaduan", "Cara isi")}
TITLES = {
    "en_US": ("Column", "Needed", "What to write"),
    "id_ID": ("Kolom", "Wajib", "Cara mengisi"),
}
YES = {"en_US": "yes", "id_ID": "ya"}
HINTS = {
    "import_number": (
        "The number in your old system. It stays the complaint's number if it is free; "
        "otherwise the complaint gets a new one and is found by both.",
        "Nomor di sistem lama. Tetap menjadi nomor pengaduan jika belum dipakai; jika "
        "sudah dipakai, pengaduan mendapat nomor baru dan ditemukan dengan keduanya.",
    ),
    "import_received": (
        "When it reached you, in the time of your office: 05/03/2026 14:30, that is "
        "day/month/year. Without a time it is noon.",
        "Saat pengaduan diterima, menurut jam kantor Anda: 05/03/2026 14:30 "
        "(hari/bulan/tahun). Tanpa jam berarti pukul 12.00.",
    ),
    "import_finished": (
        "When it was resolved or closed. Leave it empty for what is still open. "
        "Without it, no time is counted for what is finished.",
        "Saat terselesaikan atau ditutup. Kosongkan jika masih ditangani. Jika kosong, "
        "waktu pengaduan yang sudah selesai tidak dihitung.",
    ),
    "import_category": (
        "As in Configuration ▸ Categories; with what it belongs to if the name alone "
        "means several: “Collection / Outside hours or repeated”.",
        "Seperti di Konfigurasi ▸ Kategori; tulis dengan induknya jika namanya ada "
        "beberapa: “Penagihan / Di luar jam atau berulang-ulang”.",
    ),
    "import_assistance": (
        "Decides the time standard. Empty: that of the category or the type.",
        "Menentukan standar waktu. Kosong: menurut kategori atau jenisnya.",
    ),
    "import_urgency": (
        "Empty: that of the category, else medium.",
        "Kosong: menurut kategori, jika tidak ada Medium.",
    ),
    "import_channel": (
        "As in Configuration ▸ Channels.",
        "Seperti di Konfigurasi ▸ Saluran.",
    ),
    "import_partner_phone": (
        "The customer is found by number or e-mail, else made a new contact.",
        "Pelanggan dicari menurut nomor HP atau e-mail; jika belum ada, dibuat kontak "
        "baru.",
    ),
    "import_loss": ("In rupiah: 1500000.", "Dalam rupiah: 1500000."),
    "import_outcome": (
        "What came of it, for what is finished.",
        "Hasilnya, untuk yang sudah selesai.",
    ),
    "import_answer": (
        "What the customer was answered. It is kept, not sent.",
        "Jawaban kepada pelanggan. Disimpan, tidak dikirim.",
    ),
    "import_owner": (
        "The login of a member of your team. Leave it empty for who has left.",
        "Nama login anggota tim Anda. Kosongkan jika petugasnya sudah tidak ada.",
    ),
    "import_extended_until": (
        "The date named to the customer when you needed more time.",
        "Tanggal yang disebut kepada pelanggan saat waktu diperpanjang.",
    ),
    "import_extended_reason": (
        "Needed with “Extended until”.",
        "Wajib jika “Diperpanjang sampai” diisi.",
    ),
    "import_note": (
        "An internal note; customers never see it.",
        "Catatan internal; tidak terlihat oleh pelanggan.",
    ),
}
HEAD = PatternFill("solid", fgColor="E2E8F0")
NEEDED = PatternFill("solid", fgColor="FDE68A")


def make(model, module, lang):
    Ticket = model.with_context(lang=lang)
    columns = Ticket._get_import_columns()
    if module == "klikumkm_complaint":
        columns = [c for c in columns if not c.name.startswith("import_extended")]
    choices = Ticket._get_import_guide().choices
    book = Workbook()
    sheet = book.active
    sheet.title, help_title = SHEETS[lang]
    guide = book.create_sheet(help_title)
    guide.append(TITLES[lang])
    for position, column in enumerate(columns, 1):
        letter = get_column_letter(position)
        cell = sheet.cell(
            1, position, column.label + ("*" if column.is_required else "")
        )
        cell.font = Font(bold=True)
        cell.fill = NEEDED if column.is_required else HEAD
        sheet.column_dimensions[letter].width = WIDTHS.get(column.name, 20)
        sheet.column_dimensions[letter].number_format = FORMATS.get(column.name, TEXT)
        names = choices[column.name].names if column.name in LISTS else []
        if names:
            quoted = ",".join(names)
            offer = DataValidation(
                type="list", formula1=f'"{quoted}"', allow_blank=True
            )
            offer.showErrorMessage = False  # other languages and names are read as well
            offer.add(f"{letter}2:{letter}{ROWS}")
            sheet.add_data_validation(offer)
        hint = HINTS.get(column.name, ("", ""))[lang == "id_ID"]
        if names:
            hint = " ".join(filter(None, (" / ".join(names) + ".", hint)))
        guide.append((column.label, YES[lang] if column.is_required else "", hint))
    sheet.freeze_panes = "A2"
    for cell in guide[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
    for letter, width in zip("ABC", (26, 10, 100), strict=True):
        guide.column_dimensions[letter].width = width
    for row in guide.iter_rows(min_row=2, min_col=3, max_col=3):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    folder = Path(get_module_path(module), "static", "xls")
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / f"complaints_{lang[:2]}.xlsx")


for module in ("klikumkm_complaint", "klikumkm_sla"):
    for lang in SHEETS:
        make(env["helpdesk.ticket"], module, lang)  # noqa: F821 (given by the shell)
