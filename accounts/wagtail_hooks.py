"""The person's own settings in the administration: a name is one field here, not first and last."""

from django import forms
from wagtail.admin.views.account import NameEmailSettingsPanel

from accounts.models import User


class OwnNameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["display_name"]


# Wagtail has no hook to replace this panel; its form is a class attribute made for being overridden.
NameEmailSettingsPanel.form_class = OwnNameForm
