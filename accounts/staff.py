"""People in the administration: Wagtail's pages for a user who is a phone or an email and a name."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import CreateView, EditView, IndexView, UserViewSet

from accounts.models import User
from common import phones

FIELDS = ["display_name", "phone", "email", "language", "is_superuser", "groups"]


class ContactFields(forms.Form):
    """What both forms share: one of phone and email, never an empty text, unproved when it changes."""

    first_name = None
    last_name = None
    email = forms.EmailField(label=_("Email"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].required = True
        self.fields["phone"].help_text = _("Người này đăng nhập bằng mã gửi tới số điện thoại hoặc email.")

    def clean_email(self) -> str | None:
        return (self.cleaned_data["email"] or "").lower() or None

    def clean_phone(self) -> str | None:
        typed = self.cleaned_data["phone"]
        try:
            return phones.parse(typed) if typed else None
        except phones.BadPhone:
            raise forms.ValidationError(
                _("Bạn viết số điện thoại như 0912 345 678 nhé."), code="phone"
            ) from None

    def _clean_username(self) -> None:
        """The model's own unique columns say it, for phone and email alike."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("phone") and not cleaned.get("email"):
            raise forms.ValidationError(_("Cần số điện thoại hoặc email."), code="contact")
        return cleaned

    def save(self, commit: bool = True) -> User:
        for field in {"phone", "email"} & set(self.changed_data):
            setattr(self.instance, f"{field}_verified_at", None)
        if self.instance.pk is None:
            self.instance.set_unusable_password()
        groups = self.cleaned_data.get("groups") or ()
        self.instance.is_staff = bool(self.instance.is_superuser or len(groups))
        return super().save(commit)


class StaffCreationForm(ContactFields, UserCreationForm):
    password_enabled = False

    class Meta(UserCreationForm.Meta):
        model = User
        fields = FIELDS


class StaffEditForm(ContactFields, UserEditForm):
    password_enabled = False

    class Meta(UserEditForm.Meta):
        model = User
        fields = [*FIELDS, "is_active"]


class OnlyByItsLike:
    """Only an administrator makes administrators, or changes one."""

    def get_form(self, *args: Any, **kwargs: Any) -> forms.ModelForm:
        form = super().get_form(*args, **kwargs)
        if not self.request.user.is_superuser:
            form.fields.pop("is_superuser", None)
        return form


class StaffCreateView(OnlyByItsLike, CreateView):
    pass


class StaffEditView(OnlyByItsLike, EditView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied


class StaffIndexView(IndexView):
    search_fields = ["display_name", "phone", "email"]
    default_ordering = "display_name"


class StaffViewSet(UserViewSet):
    index_view_class = StaffIndexView
    add_view_class = StaffCreateView
    edit_view_class = StaffEditView
    create_template_name = "accounts/staff_create.html"
    edit_template_name = "accounts/staff_edit.html"
    ordering = "display_name"

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return StaffEditForm if for_update else StaffCreationForm
