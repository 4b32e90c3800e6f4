"""A service as an AsyncAPI 3.0 document; its schemas are in the OpenAPI document beside it.

Sources: AsyncAPI 3.0.0 and its Kafka bindings 0.5.0; CloudEvents 1.0.2, Kafka protocol binding;
Belgian REST guide, async-contract and async-ctxt.
"""

import re
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from schemas import outcomes_v1
from schemas.cloudevents import Json
from schemas.documents.openapi import LICENCE
from schemas.documents.services import SERVICES, Service
from schemas.examples import example
from schemas.outgoing import Reply

CONTENT_TYPE: Final = "application/cloudevents+json"
SCHEMA_FORMAT: Final = "application/vnd.oai.openapi+yaml;version=3.0.0"
BINDING: Final = {"bindingVersion": "0.5.0"}
COMPACTED: Final = {"topicConfiguration": {"cleanup.policy": ["compact"]}}

SCHEMES: Final[dict[str, Json]] = {
    "scramSha512": {
        "type": "scramSha512",
        "description": "User name and password (SASL SCRAM-SHA-512).",
    },
    "scramSha256": {
        "type": "scramSha256",
        "description": "User name and password (SASL SCRAM-SHA-256).",
    },
    "oauthBearer": {
        "type": "oauth2",
        "description": "A token of the organisation's authorisation server (SASL OAUTHBEARER). Its "
        "address here stands for yours.",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "https://identity.example/token",
                "availableScopes": {},
            }
        },
        "scopes": [],
    },
    "clientCertificate": {
        "type": "X509",
        "description": "A client certificate (mutual TLS).",
    },
}

SERVERS: Final[dict[str, Json]] = {
    "kafka": {
        "host": "{bootstrapServer}",
        "protocol": "kafka-secure",
        "description": "The operator's brokers, over TLS; the operator says which way of signing "
        "in is open, and who may write to which topic.",
        "variables": {
            "bootstrapServer": {
                "default": "kafka.example:9093",
                "description": "Host and port of a broker; the name stands for yours.",
            }
        },
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in SCHEMES],
    },
    "embedded": {
        "host": "127.0.0.1:{port}",
        "protocol": "kafka",
        "description": "The broker that `rugzak up` starts, to try things out.",
        "variables": {
            "port": {"default": "9092", "description": "`rugzak up` says which one it took."}
        },
    },
}

HEADERS: Final = {
    "type": "object",
    "description": "Headers may be left out: nothing that is needed is only there. Others may be "
    "added for routing, tracing and security; a national number never.",
    "properties": {
        "content-type": {
            "type": "string",
            "description": "As CloudEvents asks of Kafka records.",
            "examples": [f"{CONTENT_TYPE}; charset=UTF-8"],
        }
    },
}


def document(service: Service) -> Json:
    """Return the document of a service."""
    replies = replies_to(service)
    channels = {service.short: _channel(service)}
    if replies:
        outcomes = replies.short
        channels[outcomes] = {"$ref": f"{replies.name}.yaml#/channels/{outcomes}"}
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:{service.name}",
        "info": {
            "title": service.title,
            "version": service.version,
            "description": service.description,
            "license": LICENCE,
        },
        **({} if service.raw else {"defaultContentType": CONTENT_TYPE}),
        "servers": SERVERS,
        "channels": channels,
        "operations": {_operation_name(service): _operation(service, replies)},
        "components": {
            "messages": _messages(service),
            "messageTraits": {service.key.name: _record(service)},
            "securitySchemes": SCHEMES,
        },
    }


def replies_to(service: Service) -> Service | None:
    """Return the service whose messages answer those of a service."""
    if service.way == "out":
        return None
    return next(each for each in SERVICES if each.name == outcomes_v1.SERVICE)


def _channel(service: Service) -> Json:
    return {
        "address": service.topic,
        "title": service.title,
        "description": f"The topic `{service.topic}`, unless the operator chose another "
        f"(`{service.variable}`).",
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"} for name in _messages(service)
        },
        "bindings": {"kafka": {**(COMPACTED if service.compacted else {}), **BINDING}},
    }


def _operation_name(service: Service) -> str:
    verb = "receive" if service.way == "in" else "send"
    return f"{verb}{service.short[0].upper()}{service.short[1:]}"


def _operation(service: Service, replies: Service | None) -> Json:
    takes_in = service.way == "in"
    made: dict[str, Json] = {
        "action": "receive" if takes_in else "send",
        "channel": {"$ref": f"#/channels/{service.short}"},
        "summary": "Rugzak takes in what you publish."
        if takes_in
        else "Rugzak publishes this; read what you know, and ignore the rest.",
        "messages": [
            {"$ref": f"#/channels/{service.short}/messages/{name}"} for name in _messages(service)
        ],
    }
    if replies:
        made["reply"] = {"channel": {"$ref": f"#/channels/{replies.short}"}}
    return made


def _messages(service: Service) -> Mapping[str, Json]:
    """Return the messages of a service by name, which is the CloudEvents type of those."""
    if service.raw is not None:
        trait = {"traits": [{"$ref": f"#/components/messageTraits/{service.key.name}"}]}
        return {service.raw["name"]: service.raw | trait}
    return {type_: _message(service, type_, model) for type_, model in service.messages.items()}


def _message(service: Service, type_: str, model: type[BaseModel]) -> Json:
    name = model.__name__
    schema = f"../openapi/{service.name}.yaml#/components/schemas/{name}"
    return {
        "name": type_,
        "title": re.sub("(?<!^)(?=[A-Z])", " ", name).capitalize(),
        "summary": (model.__doc__ or "").partition("\n")[0],
        "contentType": CONTENT_TYPE,
        "traits": [{"$ref": f"#/components/messageTraits/{service.key.name}"}],
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": schema}},
        "examples": [{"name": name, "payload": example(type_)}],
    }


def _correlation(service: Service) -> Json:
    """Return by what messages are matched with one another."""
    field, told = "id", "With `source` it says which message it is: what comes twice has the same."
    if service.way == "in":
        told = "With `source` it says which message it is; the outcome has them as `relatedto` and "
        told += "`relatedtosource`."
    elif all(issubclass(model, Reply) for model in service.messages.values()):
        field, told = "relatedto", "With `relatedtosource` it says which message is answered."
    return {"location": f"$message.payload#/{field}", "description": told}


def _record(service: Service) -> Json:
    """Return what all messages of a service have as records of Kafka."""
    bindings = {"kafka": {"key": service.key.schema, **BINDING}}
    if service.raw is not None:
        return {"bindings": bindings}
    return {
        "headers": HEADERS,
        "correlationId": _correlation(service),
        "bindings": bindings,
    }
