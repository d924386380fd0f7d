"""A bucket of S3 in memory, whose answers a test spoils: by turns of failing, slowness, bodies that are cut off, refusals that call
themselves good, and answers that get lost behind what was done."""
import contextlib
import hashlib
import http.server
import threading
import time
import urllib.parse
import xml.sax.saxutils

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
FAULT = '<?xml version="1.0"?><Error><Code>{}</Code><Message>of the test</Message></Error>'


class Bucket:
    def __init__(self):
        self.objects = {}  # key -> (bytes, mark, time)
        self.uploads = {}  # id -> (key, mark, {number: bytes})
        self.lock = threading.Lock()
        self.fault = lambda method, key, query, count: None  # "500", "slow", "truncated", "200", "lost"
        self.asked = 0
        self.spoilt = 0

    def spoil(self, fault):
        self.fault, self.asked, self.spoilt = fault, 0, 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket = None

    def log_message(self, *words):
        pass

    def handle(self):
        with contextlib.suppress(OSError):
            super().handle()

    def answer(self, status, body=b"", headers=(), head_of=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if head_of is None else head_of))
        self.end_headers()
        if self.fault == "truncated" and self.command != "HEAD":
            self.wfile.write(body[:len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
        elif self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code):
        self.answer(status, b"" if self.command == "HEAD" else FAULT.format(code).encode(), [("Content-Type", "application/xml")])

    def work(self):
        url = urllib.parse.urlsplit(self.path)
        key = urllib.parse.unquote(url.path).lstrip("/").partition("/")[2]
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.bucket.lock:
            self.bucket.asked += 1
            self.fault = self.bucket.fault(self.command, key, query, self.bucket.asked)
            self.bucket.spoilt += self.fault is not None
        if self.fault == "500":
            return self.refuse(500, "InternalError")
        if self.fault == "200" and self.command != "HEAD":  # which has no body to hold an error
            return self.answer(200, FAULT.format("InternalError").encode())
        if self.fault == "slow":
            time.sleep(2)
        if self.fault == "lost":
            with self.bucket.lock:
                self.wfile, real = open("/dev/null", "wb"), self.wfile
                getattr(self, "do_it_" + self.command)(key, query, body)
                self.wfile.close()
                self.wfile = real
            self.close_connection = True
            return None
        with self.bucket.lock:
            return getattr(self, "do_it_" + self.command)(key, query, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = work

    def do_it_HEAD(self, key, query, body):
        if key not in self.bucket.objects:
            return self.refuse(404, "NoSuchKey")
        content, mark, _ = self.bucket.objects[key]
        return self.answer(200, b"", [("ETag", self.tag(content)), ("x-amz-meta-fairlead-write", mark)], head_of=len(content))

    def do_it_GET(self, key, query, body):
        if not key:
            return self.answer(200, (self.uploads_page() if "uploads" in query else self.page(query.get("prefix", ""))).encode())
        if key not in self.bucket.objects:
            return self.refuse(404, "NoSuchKey")
        content, _, _ = self.bucket.objects[key]
        headers = [("ETag", self.tag(content))]
        span = self.headers.get("Range")
        if span:
            begin, end = (int(one) for one in span.removeprefix("bytes=").split("-"))
            headers.append(("Content-Range", f"bytes {begin}-{min(end, len(content) - 1)}/{len(content)}"))
            return self.answer(206, content[begin:end + 1], headers)
        return self.answer(200, content, headers)

    def do_it_PUT(self, key, query, body):
        if "uploadId" in query:
            if query["uploadId"] not in self.bucket.uploads:
                return self.refuse(404, "NoSuchUpload")
            self.bucket.uploads[query["uploadId"]][2][int(query["partNumber"])] = body
            return self.answer(200, b"", [("ETag", self.tag(body))])
        if self.headers.get("If-None-Match") == "*" and key in self.bucket.objects:
            return self.refuse(412, "PreconditionFailed")
        self.bucket.objects[key] = (body, self.headers.get("x-amz-meta-fairlead-write", ""), time.time())
        return self.answer(200, b"", [("ETag", self.tag(body))])

    def do_it_POST(self, key, query, body):
        if "uploads" in query:
            name = f"upload{len(self.bucket.uploads)}-{time.time_ns()}"
            self.bucket.uploads[name] = (key, self.headers.get("x-amz-meta-fairlead-write", ""), {})
            return self.answer(200, f"<InitiateMultipartUploadResult {NAMESPACE}><UploadId>{name}</UploadId></InitiateMultipartUploadResult>".encode())
        if query.get("uploadId") not in self.bucket.uploads:
            return self.refuse(404, "NoSuchUpload")
        if self.headers.get("If-None-Match") == "*" and key in self.bucket.objects:
            return self.refuse(412, "PreconditionFailed")
        _, mark, parts = self.bucket.uploads.pop(query["uploadId"])
        content = b"".join(parts[number] for number in sorted(parts))
        self.bucket.objects[key] = (content, mark, time.time())
        return self.answer(200, f"<CompleteMultipartUploadResult {NAMESPACE}><ETag>{self.tag(content)}</ETag></CompleteMultipartUploadResult>".encode())

    def do_it_DELETE(self, key, query, body):
        if "uploadId" in query:
            self.bucket.uploads.pop(query["uploadId"], None)
        else:
            self.bucket.objects.pop(key, None)
        return self.answer(204)

    def tag(self, content):
        return '"' + hashlib.md5(content).hexdigest() + '"'

    def page(self, prefix):
        objects = "".join(f"<Contents><Key>{urllib.parse.quote(key)}</Key><LastModified>{self.stamp(when)}</LastModified><ETag>"
                          f"{xml.sax.saxutils.escape(self.tag(content))}</ETag><Size>{len(content)}</Size></Contents>"
                          for key, (content, _, when) in sorted(self.bucket.objects.items()) if key.startswith(prefix))
        return f"<ListBucketResult {NAMESPACE}><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>{objects}</ListBucketResult>"

    def uploads_page(self):
        uploads = "".join(f"<Upload><Key>{urllib.parse.quote(key)}</Key><UploadId>{name}</UploadId><Initiated>{self.stamp(time.time())}"
                          "</Initiated></Upload>" for name, (key, _, _) in self.bucket.uploads.items())
        return f"<ListMultipartUploadsResult {NAMESPACE}><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>{uploads}</ListMultipartUploadsResult>"

    @staticmethod
    def stamp(when):
        return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(when))


@contextlib.contextmanager
def serve():
    """The bucket and its server's endpoint."""
    bucket = Bucket()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Of", (Handler,), {"bucket": bucket}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield bucket, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
