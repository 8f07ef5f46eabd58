"""OpenStack Swift with its S3 interface, all of it in this one process, for tests: Debian's package python3-swift.

    swift-server.py FOLDER ACCESS_KEY SECRET_KEY

Prints the port that it listens on, and ends when its standard input does. Everything it keeps is below FOLDER.
"""

import array
import os
import sys

import eventlet
import eventlet.tpool

eventlet.hubs.use_hub("poll")
eventlet.patcher.monkey_patch()

from eventlet.green import socket
from paste.deploy import loadapp
from swift.account.server import AccountController
from swift.common import utils, wsgi
from swift.common.middleware.s3api.controllers import multi_upload
from swift.common.ring import RingData
from swift.common.storage_policy import reload_storage_policies
from swift.container.server import ContainerController
from swift.obj.server import ObjectController

folder, access_key, secret_key = sys.argv[1:]
# Short, so that every listing has pages.
page = multi_upload.DEFAULT_MAX_UPLOADS = 10
devices = os.path.join(folder, "devices")
os.makedirs(os.path.join(devices, "disk"))


def write(name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n")
# Multipart uploads are this middleware's and slo's; a user's name is their access key.
write(
    "proxy.conf",
    f"""[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors gatekeeper s3api tempauth copy slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 60
conn_timeout = 10
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:s3api]
use = egg:swift#s3api
check_bucket_owner = false
max_bucket_listing = {page}
[filter:tempauth]
use = egg:swift#tempauth
user_test_{access_key} = {secret_key} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
rate_limit_after_segment = 10000
""",
)
utils.set_swift_dir(folder)
utils.validate_hash_conf()
reload_storage_policies()


def listen():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(200)
    return listener


def serve(listener, app):
    options = {"protocol": wsgi.SwiftHttpProtocol, "log_output": False, "capitalize_response_headers": False}
    eventlet.spawn(eventlet.wsgi.server, listener, app, **options)
    return listener.getsockname()[1]


settings = {"devices": devices, "swift_dir": folder, "mount_check": "false", "log_level": "ERROR", "workers": "0"}
for ring, app in [
    ("account", AccountController(settings)),
    ("container", ContainerController(settings)),
    ("object", ObjectController(settings)),
]:
    port = serve(listen(), app)
    device = {
        "id": 0, "region": 1, "zone": 0, "weight": 1.0, "device": "disk", "ip": "127.0.0.1", "port": port,
        "replication_ip": "127.0.0.1", "replication_port": port, "meta": "",
    }
    RingData([array.array("H", [0] * 4)], [device], 30).save(os.path.join(folder, f"{ring}.ring.gz"))



class NoCache:
    """What is asked of memcached, which is not there."""

    def get(self, key, **_):
        return None

    def set(self, *_, **__):
        pass

    delete = incr = set


proxy = loadapp(f"config:{folder}/proxy.conf")


def answer(env, start_response):
    body = proxy({**env, "swift.cache": NoCache()}, start_response)
    if env["REQUEST_METHOD"] != "HEAD":
        return body
    # Its S3 interface answers a HEAD of what is not there with a body, which no client expects.
    for _ in body:
        pass
    return []


print(serve(listen(), answer), flush=True)
# In a thread: a read that blocks would hold up all servers.
eventlet.tpool.execute(sys.stdin.read)
