"""The table by which records are held against a version is published, under the hash it names."""

import json
from hashlib import sha256

import pytest
from django.test import Client

from guiju.powers.models import Version


@pytest.mark.django_db
def test_the_table_has_the_hash_that_stands_on_the_page(client: Client) -> None:
    for version in Version.objects.all():
        address = f"/powers/versions/{version.sha256}/"
        answer = client.get(f"{address}table.json")
        digest = sha256(answer.content).hexdigest()
        assert f"{digest[:16]}…" in client.get(address).content.decode()
        table = json.loads(answer.content)
        assert table["allowed"] and any(table["is_over"]) and not table["is_over"][0]
