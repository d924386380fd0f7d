#include "backup/stores/lease.h"
#include "support/catch.h"
#include "sys/clock.h"
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

using namespace fairlead;
using namespace fairlead::backup;
using std::chrono::seconds;

namespace {

class FakeFiles : public LeaseFiles {
  public:
    struct Kept {
        std::string bytes;
        SystemTime renewed;
    };
    std::map<std::uint64_t, Kept> kept;
    std::atomic<int> renewals{0};
    std::function<void()> before_create = [] {}; // once
    bool ignores_conditions = false;

    Result<std::vector<File>> list() override {
        const std::scoped_lock lock(guard_);
        std::vector<File> found;
        for (const auto& [number, file] : kept) found.push_back({number, file.renewed});
        return found;
    }
    Result<SystemTime> now() override { return sys::real_clock().now(); }
    Result<void> create(std::uint64_t number, std::string_view bytes) override {
        std::exchange(before_create, [] {})();
        const std::scoped_lock lock(guard_);
        if (kept.contains(number) && !ignores_conditions) return {};
        kept[number] = {std::string(bytes), sys::real_clock().now()};
        return {};
    }
    Result<std::string> read(std::uint64_t number) override {
        const std::scoped_lock lock(guard_);
        return kept.contains(number) ? kept[number].bytes : std::string();
    }
    Result<void> renew(std::uint64_t number, std::string_view bytes) override {
        const std::scoped_lock lock(guard_);
        kept[number] = {std::string(bytes), sys::real_clock().now()};
        ++renewals;
        return {};
    }
    Result<void> remove(std::uint64_t number) override {
        const std::scoped_lock lock(guard_);
        kept.erase(number);
        return {};
    }
    void put(std::uint64_t number, std::string bytes, Milliseconds ago) {
        const std::scoped_lock lock(guard_);
        kept[number] = {std::move(bytes), sys::real_clock().now() - ago};
    }

  private:
    std::mutex guard_;
};

Result<std::unique_ptr<Lease>> take(const std::shared_ptr<FakeFiles>& files, const std::string& who,
                                    LeaseTimes times = {}) {
    return take_lease(files, "the store", who, seconds(0), sys::real_clock(), times);
}

}

TEST_CASE("whoever makes a lease first holds it, and it goes with its holder") {
    const auto files = std::make_shared<FakeFiles>();
    auto one = take(files, "one").value();
    CHECK(take(files, "two").error().message.find("the store is locked by one; ") == 0);
    one.reset();
    CHECK(files->kept.empty());
    CHECK(take(files, "two").ok());
}

TEST_CASE("of two who take over a lease that ran out one gets it") {
    const auto files = std::make_shared<FakeFiles>();
    files->put(3, "x dead", std::chrono::minutes(20));
    std::unique_ptr<Lease> quick;
    files->before_create = [&] { quick = take(files, "quick").value(); };
    CHECK(take(files, "slow").error().message.find("is locked by quick") != std::string::npos);
    CHECK(quick->check().ok());
    CHECK(files->kept.size() == 1);
}

TEST_CASE("a lease that was begun anew while another one was taken over is seen, and its maker steps back") {
    const auto files = std::make_shared<FakeFiles>();
    files->put(3, "x dead", std::chrono::minutes(20));
    files->before_create = [&] { // the dead one was taken over, given back, and somebody began from 1
        files->kept.clear();
        files->put(1, "y anew", Milliseconds(0));
    };
    CHECK(take(files, "late").error().message.find("is locked by anew") != std::string::npos);
    CHECK(files->kept.size() == 1);
}

TEST_CASE("on a server that ignores conditions the one whose bytes are there holds the lease") {
    const auto files = std::make_shared<FakeFiles>();
    files->ignores_conditions = true;
    std::unique_ptr<Lease> first;
    files->before_create = [&] { first = take(files, "first").value(); };
    const auto second = take(files, "second").value();
    CHECK(second->check().ok());
    CHECK(first->check().error().message.find("was lost to second") != std::string::npos);
    first.reset();
    CHECK(second->check().ok()); // it took away nothing that isn't its own
}

TEST_CASE("a lease is renewed while its holder lives, and is lost when that fails for too long") {
    const auto files = std::make_shared<FakeFiles>();
    const auto lease = take(files, "one", {Milliseconds(300), Milliseconds(20)}).value();
    for (int round = 0; round < 200 && files->renewals < 3; ++round) std::this_thread::sleep_for(Milliseconds(10));
    CHECK(files->renewals >= 3);
    CHECK(lease->check().ok());
    const auto never = take(std::make_shared<FakeFiles>(), "one", {Milliseconds(50), std::chrono::hours(1)}).value();
    std::this_thread::sleep_for(Milliseconds(60));
    CHECK(never->check().error().message ==
          "the lock on the store has run out; nothing more is changed; run the command again");
}
