"""The record of consequential acts on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import LARGEST


class EventFilterSerializer(serializers.Serializer[Any]):
    actor = serializers.CharField(required=False, max_length=150, help_text="Who did it, by name.")
    verb = serializers.CharField(required=False, max_length=50)
    subject = serializers.CharField(required=False, max_length=100, help_text="How it begins, such as `generation`.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class EventQuerySerializer(EventFilterSerializer):
    limit = serializers.IntegerField(default=50, min_value=1, max_value=500)
    before = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST, help_text="A page's `next`.")


class AccountEventFilterSerializer(EventFilterSerializer):
    account = serializers.CharField(required=False, max_length=150, help_text="Whose account, by name.")


class AccountEventQuerySerializer(AccountEventFilterSerializer, EventQuerySerializer):
    pass


class EventSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_null=True, help_text="Null: the loop itself.")
    account = serializers.CharField(allow_null=True, help_text="Whose account it is about, where it is about one.")
    verb = serializers.CharField()
    subject = serializers.CharField()
    reason = serializers.CharField()
    detail = serializers.DictField()


class EventPageSerializer(serializers.Serializer[Any]):
    events = EventSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Give it as `before` to go on; null at the end.")
