// What every kind of store promises. A new kind is one row of `kinds`.
#include "backup/stores/store.h"
#include "support/catch.h"
#include "sys/clock.h"
#include "unit/backup/stores/kinds.h"
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::backup;
using fairlead::test::got;
using fairlead::test::kinds;
using fairlead::test::names_in;
using fairlead::test::Opened;

namespace {

using Names = std::vector<std::string>;
const std::string big(300'000, 'x');

// Each kind that is there, with a store of its own.
template <typename Test>
void for_each_kind(Test promise) {
    for (const auto& kind : kinds) {
        INFO(kind.name);
        Opened place;
        kind.open(place);
        if (place.store)
            promise(*place.store);
        else
            test::skip(kind.part, std::string(kind.name) + ": its server is not here");
    }
}

}

TEST_CASE("what was put into a store comes back whole, and is listed by its name") {
    for_each_kind([](Store& store) {
        CHECK(names_in(store).empty());
        REQUIRE(store.write("shop/2/data", big).ok());
        REQUIRE(store.write("shop/10/data", "ten").ok());
        REQUIRE(store.write("other", "").ok());
        CHECK(got(store, "shop/2/data").value() == big);
        CHECK(got(store, "shop/10/data").value() == "ten");
        CHECK(got(store, "other").value().empty());
        CHECK(names_in(store) == Names{"other", "shop/10/data", "shop/2/data"});
        CHECK(names_in(store, "shop/2") == Names{"shop/2/data"});
        const auto object = store.list("shop/2")->front();
        CHECK(object.bytes == big.size());
        CHECK(abs(object.written - sys::real_clock().now()) < std::chrono::minutes(1));
        CHECK(store.read("shop/2/data", big.size() - 1).error().kind == Kind::no);
        REQUIRE(store.remove("shop/2/data").ok());
        REQUIRE(store.remove("shop/2/data").ok());
        const auto gone = store.read("shop/2/data", 10);
        CHECK(gone.error().kind == Kind::no);
        CHECK(gone.error().message == "there is no 'shop/2/data' in " + store.shown() +
                                          "; if somebody deleted it meanwhile, run the command again");
    });
}

TEST_CASE("names with blanks, signs and letters of any language are kept as they are") {
    for_each_kind([](Store& store) {
        for (const std::string name : {"a b/c+d&e=f%41?.zst", "Größe/日本 #1", "it's \"so\"~!*()"}) {
            INFO(name);
            REQUIRE(store.write(name, name).ok());
            CHECK(names_in(store) == Names{name});
            CHECK(got(store, name).value() == name);
            REQUIRE(store.remove(name).ok());
        }
    });
}

TEST_CASE("an object is never replaced, and one that is not closed is not there") {
    for_each_kind([](Store& store) {
        REQUIRE(store.write("a", "one").ok());
        CHECK_FALSE(store.write("a", "two").ok());
        CHECK(got(store, "a").value() == "one");
        {
            const auto sink = store.create("b", {}).value();
            REQUIRE(sink->write(big).ok());
            CHECK(names_in(store) == Names{"a"});
            CHECK(store.open("b").error().kind == Kind::no);
        }
        CHECK(names_in(store) == Names{"a"});
        CHECK(store.sweep(std::chrono::seconds(-60)).value().empty()); // it left nothing
        CHECK(store.write("b", "now").ok());
    });
}

TEST_CASE("a small object is replaced at once, one that isn't there is made") {
    for_each_kind([](Store& store) {
        REQUIRE(store.write("shop/a", "one").ok());
        REQUIRE(store.replace("shop/a", "another").ok());
        CHECK(got(store, "shop/a").value() == "another");
        REQUIRE(store.replace("shop/b", "new").ok());
        CHECK(got(store, "shop/b").value() == "new");
        CHECK(names_in(store) == Names{"shop/a", "shop/b"});
        CHECK(store.replace("../a", "x").error().kind == Kind::usage);
    });
}

TEST_CASE("an object that turns up while another one of its name is written stays") {
    for_each_kind([](Store& store) {
        const auto slow = store.create("a", {}).value();
        REQUIRE(slow->write("slow").ok());
        REQUIRE(store.write("a", "quick").ok());
        CHECK_FALSE(slow->close().ok());
        CHECK(got(store, "a").value() == "quick");
        CHECK(names_in(store) == Names{"a"});
    });
}

TEST_CASE("a store is one holder's at a time, who is named, and free again when the lease goes") {
    for_each_kind([](Store& store) {
        using std::chrono::seconds;
        auto lease = store.lock("run of shop by process 4711", seconds(0)).value();
        CHECK(lease->check().ok());
        const auto second = store.lock("another", seconds(0));
        REQUIRE_FALSE(second.ok());
        CHECK(second.error().message.find("run of shop by process 4711") != std::string::npos);
        CHECK(names_in(store).empty()); // a lock is no object
        lease.reset();
        CHECK(store.lock("another", seconds(0)).ok());
    });
}

TEST_CASE("a store that is not there is never an empty one") {
    for_each_kind([](Store& store) {
        if (store.is_there().value()) { // a bucket
            CHECK(store.check_there().ok());
            CHECK(store.list("")->empty());
            return;
        }
        const auto listed = store.list("");
        REQUIRE_FALSE(listed.ok());
        CHECK(listed.error().kind == Kind::could_not);
        CHECK(listed.error().message ==
              store.shown() + " is not there; mount its disk, or correct its address; if no set was ever made there, "
                              "run: fairlead-backup run");
        CHECK(store.remove("shop/a").ok());
        CHECK_FALSE(store.is_there().value());
        REQUIRE(store.make().ok());
        CHECK(store.is_there().value());
        CHECK(store.list("")->empty());
    });
}

TEST_CASE("a sweep leaves objects and what is still being written") {
    for_each_kind([](Store& store) {
        REQUIRE(store.write("shop/a", "one").ok());
        const auto sink = store.create("shop/b", {}).value();
        REQUIRE(sink->write("two").ok());
        CHECK(store.sweep(std::chrono::hours(24)).value().empty());
        REQUIRE(sink->close().ok());
        CHECK(names_in(store) == Names{"shop/a", "shop/b"});
    });
}

TEST_CASE("names that lead elsewhere, are hidden or steer a terminal are not those of objects") {
    for_each_kind([](Store& store) {
        for (const std::string name : {"", "/", "a/", "/a", "a//b", ".", "..", "a/../b", ".hidden", "a/.b", "a\nb",
                                       "a\\b", "a\x1b[1m", "a.partial-1-2"}) {
            INFO(name);
            CHECK(check_object_name(name).error().kind == Kind::usage);
            CHECK(store.write(name, "x").error().kind == Kind::usage);
            CHECK(got(store, name).error().kind == Kind::usage);
            CHECK(store.remove(name).error().kind == Kind::usage);
        }
    });
}

#ifdef FAIRLEAD_FAULTS
TEST_CASE("whoever is killed while it writes leaves the whole object or none, and the next one can write") {
    struct Row {
        const char* kind;
        std::vector<const char*> points;
    };
    const Row rows[] = {{"file", {"new_file.created", "new_file.written", "new_file.synced", "new_file.named"}},
                        {"ssh", {"ssh.created", "ssh.written", "ssh.synced", "ssh.named"}}};
    for (const auto& row : rows)
        for (const auto* point : row.points) {
            INFO(row.kind << " " << point);
            Opened place;
            for (const auto& kind : kinds)
                if (std::string_view(kind.name) == row.kind) kind.open(place);
            if (!place.store) {
                test::skip("sshd", std::string(row.kind) + ": its server is not here");
                break;
            }
            const int child = ::fork();
            if (child == 0) {
                ::setenv("FAIRLEAD_FAULT", (std::string("kill@") + point).c_str(), 1);
                if (row.kind == std::string_view("file")) (void)place.store->lock("it", std::chrono::seconds(0));
                (void)place.store->write("shop/data", big);
                ::_exit(0);
            }
            int status = 0;
            ::waitpid(child, &status, 0);
            REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
            const auto names = names_in(*place.store);
            const bool named = std::string_view(point).ends_with("named");
            CHECK(names == (named ? Names{"shop/data"} : Names{}));
            if (named) CHECK(got(*place.store, "shop/data").value() == big);
            CHECK(place.store->lock("us", std::chrono::seconds(0)).ok());
            CHECK(place.store->sweep(std::chrono::seconds(-60)).value().size() == (named ? 0u : 1u));
            if (!named) CHECK(place.store->write("shop/data", big).ok());
        }
}
#endif
