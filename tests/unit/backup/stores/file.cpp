#include "backup/stores/store.h"
#include "support/brittle_disk.h"
#include "support/catch.h"
#include "unit/backup/stores/kinds.h"
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::backup;
using fairlead::sys::TemporaryFolder;
using fairlead::test::BrittleDisk;
using fairlead::test::got;
using fairlead::test::names_in;
using fairlead::test::store_at;

namespace {

constexpr std::chrono::seconds at_once(-60);

Result<void> write_in_pieces(Store& store, const std::string& name, std::string_view text) {
    const auto sink = TRY(store.create(name, {}));
    for (std::size_t at = 0; at < text.size(); at += 4) TRY_VOID(sink->write(text.substr(at, 4)));
    return sink->close();
}

}

TEST_CASE("whenever the power goes, an object of a folder is whole or not there, and there once it was promised") {
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    BrittleDisk disk(folder.path());
    const auto store = store_at(folder.path() / "store");
    std::vector<std::size_t> promised;
    for (const auto* name : {"a", "shop/1/data", "shop/2/data"}) {
        write_in_pieces(*store, name, "0123456789").value();
        promised.push_back(disk.events());
    }
    store->remove("a").value();
    const std::size_t gone = disk.events();
    using Left = BrittleDisk::Left;
    for (std::size_t cut = 0; cut <= disk.events(); ++cut)
        for (const Left entries : {Left::nothing, Left::half, Left::all})
            for (const Left bytes : {Left::nothing, Left::half, Left::all}) {
                INFO("after " << cut << " events");
                const auto copy = TemporaryFolder::make("fairlead-store").value();
                disk.cut_power(cut, entries, bytes, copy.path());
                const auto left = store_at(copy.path() / "store");
                const auto names = names_in(*left);
                for (const auto& name : names) CHECK(got(*left, name).value() == "0123456789");
                const auto has = [&](const char* name) { return std::count(names.begin(), names.end(), name) == 1; };
                if (cut >= promised[1]) CHECK(has("shop/1/data"));
                if (cut >= promised[2]) CHECK(has("shop/2/data"));
                if (cut >= gone) CHECK_FALSE(has("a"));
                left->sweep(at_once).value();
                CHECK(names_in(*left) == names);
                if (!has("a")) CHECK(left->write("a", "new").ok());
            }
}

TEST_CASE("a full disk or one that fails leaves no part of an object") {
    for (const auto fault : {BrittleDisk::Fault::full, BrittleDisk::Fault::half, BrittleDisk::Fault::broken,
                             BrittleDisk::Fault::unsynced}) {
        bool failed = true;
        for (std::size_t at = 0; failed; ++at) {
            const auto folder = TemporaryFolder::make("fairlead-store").value();
            const auto store = store_at(folder.path() / "store");
            BrittleDisk disk(folder.path());
            disk.fail_from(at, fault);
            failed = !write_in_pieces(*store, "shop/data", "0123456789").ok();
            disk.mend();
            for (const auto& name : names_in(*store)) CHECK(got(*store, name).value() == "0123456789");
            REQUIRE(store->sweep(at_once).ok());
        }
    }
}

TEST_CASE("what a killed writer left is swept once it is old, and nothing of who still writes") {
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto store = store_at(folder.path());
    const int child = ::fork();
    if (child == 0) {
        const auto sink = store->create("shop/killed", {}).value();
        sink->write("half").value();
        ::raise(SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    const auto alive = store->create("shop/alive", {}).value();
    REQUIRE(alive->write("half").ok());
    CHECK(names_in(*store).empty());
    CHECK(store->sweep(std::chrono::hours(24)).value().empty());
    const auto swept = store->sweep(at_once).value();
    REQUIRE(swept.size() == 1);
    CHECK(swept[0].starts_with("shop/killed.partial-" + std::to_string(child) + "-"));
    CHECK(alive->close().ok());
    CHECK(names_in(*store) == std::vector<std::string>{"shop/alive"});
}

TEST_CASE("an object that can't fit is refused before it is begun, with what it needs and what is free") {
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto store = store_at(folder.path());
    const auto refused = store->create("huge", 1ull << 60);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::could_not);
    CHECK(refused.error().message.find("needs about 1383505805528216371 bytes and ") != std::string::npos);
    CHECK(store->sweep(at_once).value().empty());
    CHECK(*store->free_bytes().value() > 0);
}

TEST_CASE("a lock that was taken away is noticed") {
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto store = store_at(folder.path());
    const auto lease = store->lock("us", std::chrono::seconds(0)).value();
    std::filesystem::remove(folder.path() / ".fairlead.lock");
    CHECK_FALSE(lease->check().ok());
}

TEST_CASE("a store whose folder is a link to nowhere is not there, and none that is empty") {
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    std::filesystem::create_symlink("nowhere", folder.path() / "link");
    const auto store = store_at(folder.path() / "link");
    CHECK_FALSE(store->is_there().value());
    CHECK_FALSE(store->check_there().ok());
    std::filesystem::create_directory(folder.path() / "nowhere");
    CHECK(store->is_there().value());
    CHECK(store->check_there().ok());
}

TEST_CASE("a link in a store is no object, and folders of a store are its owner's alone") {
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto store = store_at(folder.path() / "store");
    REQUIRE(store->write("shop/a", "one").ok());
    std::filesystem::create_symlink("a", folder.path() / "store/shop/b");
    CHECK(names_in(*store) == std::vector<std::string>{"shop/a"});
    CHECK(sys::inspect(folder.path() / "store").mode == 0700);
    CHECK(sys::inspect(folder.path() / "store/shop/a").mode == 0600);
}
