from django.db import models


class Item(models.Model):
    added = models.DateTimeField(auto_now_add=True)
