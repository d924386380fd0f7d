import os

import redis
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from .models import Item


@require_GET
def page(request):
    return render(request, "orders/page.html")


@require_GET
def health(request):
    return JsonResponse({"status": "healthy"})


@csrf_exempt  # asked by programs, which send no cookie
@require_POST
def add(request):
    Item.objects.create()
    asked = redis.Redis.from_url(os.environ["REDIS_URL"]).incr("asked")
    return JsonResponse({"items": Item.objects.count(), "asked": asked})
