#include "backup/pgbackrest/stanza.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::backup::pgbackrest;

namespace {

const std::string info = R"([{"name": "other", "status": {"code": 1, "message": "missing stanza path"}},
{"name": "shop", "status": {"code": 0, "message": "ok"}, "repo": [{"key": 1}, {"key": 3}],
 "db": [{"id": 1, "version": "14", "system-id": 7}, {"id": 2, "version": "15", "system-id": 8}],
 "backup": [
  {"label": "20260131-101500F", "type": "full", "database": {"repo-key": 1}, "timestamp": {"start": 100, "stop": 200},
   "archive": {"start": "000000010000000000000003", "stop": "000000010000000000000004"},
   "info": {"size": 1000, "repository": {"size": 400}}, "error": false, "lsn": {"start": "0/3000028", "stop": "0/4000050"}},
  {"label": "20260131-101500F_20260201-101500I", "type": "incr", "database": {"repo-key": 3}, "timestamp": {"start": 300, "stop": 400},
   "error": true, "annotation": {"a": "b", "c": 1}},
  {"label": "../../etc", "type": "full"}]}])";

std::string listing(std::initializer_list<const char*> names) {
    std::string text = "{";
    for (const char* name : names)
        text += (text.size() > 1 ? ", \"" : "\"") + std::string(name) +
                "\": {\"type\": \"file\", \"size\": 1, \"time\": 50}";
    return text + "}";
}

}

TEST_CASE("labels of pgBackRest's backups are known") {
    for (const char* label :
         {"20260131-101500F", "20260131-101500F_20260201-101500I", "20260131-101500F_20260201-101500D"})
        CHECK(is_label(label));
    for (const char* other : {"", "latest", "20260131-101500", "20260131-101500I", "20260131-101500F_",
                              "20260131T101500F", "20260131-101500F_20260201-101500F", "2026013a-101500F",
                              "20260131-101500F/..", "shop_backup_20260131_101500"})
        CHECK_FALSE(is_label(other));
}

TEST_CASE("a stanza's backups come newest first, with what they need") {
    const auto stanza = read_info(info, "shop");
    REQUIRE(stanza.ok());
    CHECK(stanza->status == 0);
    CHECK(stanza->archive == "15-2");
    CHECK(stanza->system == "8");
    CHECK(stanza->repositories == std::vector<int>{1, 3});
    REQUIRE(stanza->backups.size() == 2); // one is no label
    const auto &newest = stanza->backups[0], &full = stanza->backups[1];
    CHECK(newest.label == "20260131-101500F_20260201-101500I");
    CHECK(newest.repository == 3);
    CHECK(newest.has_error);
    CHECK(newest.annotations == std::map<std::string, std::string>{{"a", "b"}});
    CHECK(full.first == "000000010000000000000003");
    CHECK(full.last == "000000010000000000000004");
    CHECK(full.bytes == 1000);
    CHECK(full.stored == 400);
    CHECK(full.stopped - full.started == std::chrono::seconds(100));
    CHECK_FALSE(full.has_error);
}

TEST_CASE("a repository that can't be asked is told with pgBackRest's words") {
    const auto stanza =
        read_info(R"([{"name": "shop", "status": {"code": 4, "message": "different across repos"}, "repo": [
        {"key": 1, "status": {"code": 0, "message": "ok"}},
        {"key": 2, "status": {"code": 99, "message": "[HostConnectError] unable to connect"}}]}])",
                  "shop");
    REQUIRE(stanza.ok());
    CHECK(stanza->repositories == std::vector<int>{1, 2});
    CHECK(stanza->unread == std::map<int, std::string>{{2, "[HostConnectError] unable to connect"}});
}

TEST_CASE("what a wrong passphrase deciphered doesn't spoil the answer") {
    const auto stanza =
        read_info("[{\"name\": \"shop\", \"status\": {\"code\": 99, \"message\": \"unable\x0f\xff\n\"}}]", "shop");
    REQUIRE(stanza.ok());
    CHECK(stanza->message == "unable \xEF\xBF\xBD ");
}

TEST_CASE("what is no answer of info is no empty stanza") {
    for (const char* text : {"", "{}", "[]", "[1]", "null", R"([{"name": "other"}])", R"([{"name": "shop"}])",
                             R"([{"name": "shop", "status": {"code": "0"}}])"})
        CHECK_FALSE(read_info(text, "shop").ok());
}

TEST_CASE("the WAL of a repository is listed once, and what is there twice is told") {
    const auto wal = read_listing(listing(
        {".", "15-1/0000000100000000/000000010000000000000003-aa.zst",
         "15-1/0000000100000000/000000010000000000000004-bb.gz", "15-1/0000000100000000/000000010000000000000004-cc.gz",
         "15-1/0000000100000000/000000010000000000000005.partial-dd.gz",
         "15-1/0000000100000000/000000010000000000000003.00000028.backup", "15-1/00000002.history", "archive.info"}));
    REQUIRE(wal.ok());
    CHECK(wal->segments == std::vector<Segment>{{1, 3}, {1, 4}});
    CHECK(wal->twice == std::vector<std::string>{"000000010000000000000004"});
    CHECK(wal->histories == std::vector<std::string>{"00000002.history"});
    CHECK(wal->newest == SystemTime(std::chrono::seconds(50)));
    CHECK_FALSE(read_listing("[]").ok());
    CHECK_FALSE(read_listing("").ok());
}

TEST_CASE("the size of segments is read from a log that is full") {
    CHECK(read_listing(listing({"0000000100000000000000FF-a", "000000010000000100000000-a"}))->segment_bytes ==
          usual_segment);
    const auto large = read_listing(
        listing({"00000001000000000000003E-a", "00000001000000000000003F-a", "000000010000000100000000-a"}));
    CHECK(large->segment_bytes == 64u << 20);
    CHECK(standing_of(large->segments, {}).gaps.empty());
    // The last of a log was lost: no size fits, and the usual one tells the gap.
    const auto lost = read_listing(listing({"0000000100000000000000FE-a", "000000010000000100000000-a"}));
    CHECK(lost->segment_bytes == usual_segment);
    CHECK(standing_of(lost->segments, {}).gaps == std::vector<Range>{{{1, 255}, {1, 255}}});
}

TEST_CASE("verify says yes where the backup is named, valid, and no file or segment is amiss") {
    const std::string wal = "  archiveId: 15-1, total WAL checked: 6, total valid WAL: 6\n"
                            "    missing: 0, checksum invalid: 0, size invalid: 0, other: 0\n",
                      good = "  backup: 20260131-101500F, status: valid, total files checked: 9, total valid files: 9\n"
                             "    missing: 0, checksum invalid: 0, size invalid: 0, other: 0\n",
                      bad =
                          "  backup: 20260131-101500F, status: invalid, total files checked: 9, total valid files: 8\n"
                          "    missing: 0, checksum invalid: 1, size invalid: 0, other: 0\n",
                      lost = "  archiveId: 15-1, total WAL checked: 6, total valid WAL: 5\n"
                             "    missing: 0, checksum invalid: 1, size invalid: 0, other: 0\n";
    const std::string head = "stanza: shop\nstatus: error\n", label = "20260131-101500F";
    CHECK(read_verified(head + wal + good, label).passed);
    CHECK(read_verified(head + wal + bad, label).why.find("checksum invalid: 1") != std::string::npos);
    CHECK_FALSE(read_verified(head + lost + good, label).passed);
    CHECK_FALSE(read_verified(head + wal, label).passed);
    CHECK_FALSE(read_verified("", label).passed);
    CHECK_FALSE(read_verified(head + wal + good, "20260201-101500F").passed);
    CHECK(read_verified(head + wal + good + "  backup: 20260201-101500F, status: invalid, total files checked: 1\n",
                        label)
              .passed);
}
