// What every kind of storage promises. A new kind is one row of `kinds`.
#include "sys/storage/storage.h"
#include "support/brittle_disk.h"
#include "support/catch.h"
#include "sys/files/files.h"

using namespace fairlead;
using namespace fairlead::sys;
using fairlead::test::BrittleDisk;

namespace {

struct Place {
    TemporaryFolder folder = TemporaryFolder::make("fairlead-storage").value();
    std::unique_ptr<Storage> storage;
};

struct StorageKind {
    const char* name;
    Result<std::unique_ptr<Storage>> (*open)(const Path& folder);
};
const StorageKind kinds[] = {{"file", [](const Path& folder) { return open_storage("file://" + folder.string()); }}};

Place opened(const StorageKind& kind) {
    Place place;
    place.storage = kind.open(place.folder.path() / "store").value();
    return place;
}

// In pieces of that size.
PieceSource pieces_of(std::string text, std::size_t size) {
    return [text = std::move(text), size, at = std::size_t{0}]() mutable -> Result<std::string_view> {
        const auto piece = std::string_view(text).substr(std::min(at, text.size()), size);
        at += piece.size();
        return piece;
    };
}

Result<std::string> got(Storage& storage, std::string_view name) {
    std::string text;
    TRY_VOID(storage.get(name, [&](std::string_view piece) -> Result<void> {
        if (piece.empty() || piece.size() > 64u << 10) return no("a piece of a wrong size");
        text += piece;
        return {};
    }));
    return text;
}

std::vector<std::string> names_in(Storage& storage, std::string_view prefix = "") {
    std::vector<std::string> names;
    const auto objects = storage.list(prefix).value();
    for (const auto& object : objects) names.push_back(object.name);
    return names;
}

using Names = std::vector<std::string>;
const std::string big(300'000, 'x');

}

TEST_CASE("what was put into a storage comes back whole, and is listed by its name") {
    for (const auto& kind : kinds) {
        INFO(kind.name);
        const auto place = opened(kind);
        auto& storage = *place.storage;
        REQUIRE(storage.put("shop/2/data", pieces_of(big, 70'000)).ok());
        REQUIRE(storage.put("shop/10/data", pieces_of("ten", 2)).ok());
        REQUIRE(storage.put("other", pieces_of("", 1)).ok());
        CHECK(got(storage, "shop/2/data").value() == big);
        CHECK(got(storage, "shop/10/data").value() == "ten");
        CHECK(got(storage, "other").value().empty());
        CHECK(names_in(storage) == Names{"other", "shop/10/data", "shop/2/data"});
        CHECK(names_in(storage, "shop/2") == Names{"shop/2/data"});
        CHECK(storage.list("shop/2")->front().size == big.size());
        REQUIRE(storage.remove("shop/2/data").ok());
        REQUIRE(storage.remove("shop/2/data").ok());
        CHECK(got(storage, "shop/2/data").error().kind == Kind::no);
    }
}

TEST_CASE("an object is never replaced, and one whose source fails is not there") {
    for (const auto& kind : kinds) {
        const auto place = opened(kind);
        auto& storage = *place.storage;
        REQUIRE(storage.put("a", pieces_of("one", 3)).ok());
        CHECK_FALSE(storage.put("a", pieces_of("two", 3)).ok());
        CHECK(got(storage, "a").value() == "one");
        int left = 2;
        const auto failed = storage.put("b", [&]() -> Result<std::string_view> {
            if (left-- > 0) return std::string_view("piece");
            return no("the dump failed");
        });
        CHECK(failed.error().message == "the dump failed");
        CHECK(names_in(storage) == Names{"a"});
        CHECK(storage.get("b", [](std::string_view) { return Result<void>(); }).error().kind == Kind::no);
    }
}

TEST_CASE("an object that turns up while another one of its name is written stays") {
    for (const auto& kind : kinds) {
        const auto place = opened(kind);
        auto& storage = *place.storage;
        bool first = true;
        const auto late = storage.put("a", [&]() -> Result<std::string_view> {
            if (!first) return std::string_view();
            first = false;
            storage.put("a", pieces_of("quick", 5)).value();
            return std::string_view("slow");
        });
        CHECK_FALSE(late.ok());
        CHECK(got(storage, "a").value() == "quick");
        CHECK(names_in(storage) == Names{"a"});
    }
}

TEST_CASE("a sink that fails ends the reading of an object") {
    for (const auto& kind : kinds) {
        const auto place = opened(kind);
        REQUIRE(place.storage->put("a", pieces_of(big, 70'000)).ok());
        int taken = 0;
        const auto read = place.storage->get("a", [&](std::string_view) -> Result<void> {
            if (++taken == 2) return could_not("the disk is full");
            return {};
        });
        CHECK(read.error().message == "the disk is full");
        CHECK(taken == 2);
    }
}

TEST_CASE("names that lead elsewhere, are hidden or steer a terminal are not those of objects") {
    const auto place = opened(kinds[0]);
    for (const auto* name :
         {"", "/", "a/", "/a", "a//b", ".", "..", "a/../b", ".hidden", "a/.b", "a\nb", "a\\b", "a\x1b[1m"}) {
        INFO(name);
        CHECK(check_object_name(name).error().kind == Kind::usage);
        CHECK(place.storage->put(name, pieces_of("x", 1)).error().kind == Kind::usage);
        CHECK(got(*place.storage, name).error().kind == Kind::usage);
        CHECK(place.storage->remove(name).error().kind == Kind::usage);
    }
}

TEST_CASE("whenever the power goes, an object of a folder is whole or not there, and there once it was promised") {
    const auto folder = TemporaryFolder::make("fairlead-storage").value();
    BrittleDisk disk(folder.path());
    const auto storage = open_storage((folder.path() / "store").string()).value();
    std::vector<std::size_t> promised;
    for (const auto* name : {"a", "shop/1/data", "shop/2/data"}) {
        storage->put(name, pieces_of("0123456789", 4)).value();
        promised.push_back(disk.events());
    }
    storage->remove("a").value();
    const std::size_t gone = disk.events();
    using Left = BrittleDisk::Left;
    for (std::size_t cut = 0; cut <= disk.events(); ++cut)
        for (const Left entries : {Left::nothing, Left::half, Left::all})
            for (const Left bytes : {Left::nothing, Left::half, Left::all}) {
                INFO("after " << cut << " events");
                const auto copy = TemporaryFolder::make("fairlead-storage").value();
                disk.cut_power(cut, entries, bytes, copy.path());
                const auto left = open_storage((copy.path() / "store").string()).value();
                const auto names = names_in(*left);
                for (const auto& name : names) CHECK(got(*left, name).value() == "0123456789");
                const auto has = [&](const char* name) { return std::count(names.begin(), names.end(), name) == 1; };
                if (cut >= promised[1]) CHECK(has("shop/1/data"));
                if (cut >= promised[2]) CHECK(has("shop/2/data"));
                if (cut >= gone) CHECK_FALSE(has("a"));
                left->tidy().value();
                CHECK(names_in(*left) == names);
                if (!has("a")) CHECK(left->put("a", pieces_of("new", 3)).ok());
            }
}

TEST_CASE("a full disk or one that fails leaves no part of an object") {
    for (const auto fault : {BrittleDisk::Fault::full, BrittleDisk::Fault::half, BrittleDisk::Fault::broken,
                             BrittleDisk::Fault::unsynced}) {
        bool failed = true;
        for (std::size_t at = 0; failed; ++at) {
            const auto folder = TemporaryFolder::make("fairlead-storage").value();
            const auto storage = open_storage((folder.path() / "store").string()).value();
            BrittleDisk disk(folder.path());
            disk.fail_from(at, fault);
            failed = !storage->put("shop/data", pieces_of("0123456789", 4)).ok();
            disk.mend();
            for (const auto& name : names_in(*storage)) CHECK(got(*storage, name).value() == "0123456789");
            REQUIRE(storage->tidy().ok());
        }
    }
}

TEST_CASE("an address says which kind of storage is meant") {
    const auto folder = TemporaryFolder::make("fairlead-storage").value();
    const auto path = (folder.path() / "a/b").string();
    CHECK(open_storage(path).value()->address() == "file://" + path);
    CHECK(open_storage("file://" + path).value()->address() == "file://" + path);
    CHECK(inspect(path).mode == 0700);
    for (const auto* wrong : {"", "file://host/path", "s4://bucket"}) {
        INFO(wrong);
        CHECK(open_storage(wrong).error().kind == Kind::usage);
    }
    CHECK(open_storage("s4://bucket").error().message == "storage 's4' is unknown; expected file or a path");
}
