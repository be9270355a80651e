"""Sign-in, the person's own pages, and what django-allauth needs by its own names."""

from allauth.account.views import reauthenticate
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.pages import methods, profile, sign_in

rooms = [
    path("dang-nhap/ma/", sign_in.enter_code, name="sign-in-code"),
    path("dang-nhap/mat-khau/", sign_in.by_password, name="sign-in-password"),
    path("dang-nhap/ten/", sign_in.give_name, name="sign-in-name"),
    path("tai-khoan/ho-so/", profile.profile, name="profile"),
    path("tai-khoan/dia-chi/", profile.addresses, name="addresses"),
    path("tai-khoan/dia-chi/them/", profile.address_add, name="address-add"),
    path("tai-khoan/dia-chi/<int:address_id>/", profile.address_edit, name="address-edit"),
    path("tai-khoan/dia-chi/<int:address_id>/xoa/", profile.address_remove, name="address-remove"),
    path("tai-khoan/dia-chi/<int:address_id>/chinh/", profile.address_default, name="address-default"),
    path("tai-khoan/dang-nhap/", methods.overview, name="sign-in-methods"),
    path("tai-khoan/dang-nhap/them/", methods.add, name="contact-add"),
    path("tai-khoan/dang-nhap/ma/", methods.enter_code, name="contact-code"),
    path("tai-khoan/dang-nhap/bo/", methods.drop, name="contact-drop"),
    path("tai-khoan/dang-nhap/mat-khau/", methods.password, name="password"),
    path("xa-phuong/", profile.communes, name="communes"),
]

urlpatterns = [
    path("dang-nhap/", sign_in.start, name="account_login"),
    path("dang-nhap/tam-khoa/", sign_in.inactive, name="account_inactive"),
    path("dang-xuat/", sign_in.leave, name="account_logout"),
    path("tai-khoan/xac-nhan/", reauthenticate, name="account_reauthenticate"),
    path("tai-khoan/hai-buoc/", RedirectView.as_view(pattern_name="accounts:sign-in-methods")),
    path("tai-khoan/hai-buoc/", include("allauth.mfa.urls")),
    path("", include((rooms, "accounts"))),
]
