from django.contrib import admin
from django.urls import path

from orders import views

urlpatterns = [
    path("", views.page),
    path("admin/", admin.site.urls),
    path("api/health", views.health),
    path("api/items", views.add),
]
