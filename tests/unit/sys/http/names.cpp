#include "sys/http/client.h"
#include "sys/signals.h"
#include "unit/sys/http_server.h"
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <dlfcn.h>
#include <map>
#include <mutex>
#include <netdb.h>
#include <thread>
#include <vector>

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::test;

// This executable's getaddrinfo(3) comes before the C library's, for libcurl too. Names that end in .mute are never
// answered, as by a name server that is silent; those that end in .slow are this machine, after a while.
namespace {

struct Lookups {
    std::mutex guard;
    std::condition_variable released;
    bool open = false;
    std::map<std::string, int> asked;

    int count(const std::string& name) {
        const std::scoped_lock lock(guard);
        return asked[name];
    }
};

Lookups& lookups() {
    static auto* const instance = new Lookups; // a thread may wait in it at the end of the process
    return *instance;
}

}

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    const std::string name = node ? node : "";
    const bool mute = name.ends_with(".mute"), slow = name.ends_with(".slow");
    if (!mute && !slow) return real(node, service, hints, result);
    std::unique_lock lock(lookups().guard);
    ++lookups().asked[name];
    if (mute) lookups().released.wait_for(lock, std::chrono::seconds(8), [] { return lookups().open; });
    lock.unlock();
    if (mute) return EAI_AGAIN;
    std::this_thread::sleep_for(Milliseconds(50));
    return real("127.0.0.1", service, hints, result);
}

namespace {

struct MuteNameServer {
    ~MuteNameServer() {
        {
            const std::scoped_lock lock(lookups().guard);
            lookups().open = true;
        }
        lookups().released.notify_all();
    }
};

HttpRequest get(const std::string& url, Milliseconds timeout) {
    HttpRequest request;
    request.url = url;
    request.timeout = request.connect_timeout = timeout;
    return request;
}

Milliseconds since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start);
}

}

TEST_CASE("a timeout holds while the name server is silent, for one who asks and for many") {
    const MuteNameServer mute;
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    std::atomic<int> timeouts{0};
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const auto result = real_http().send(get("http://name.mute/", Milliseconds(300)));
            if (result.ok() && result->failure == HttpFailure::timeout && !result->reason.empty()) ++timeouts;
        });
    for (auto& thread : threads) thread.join();
    CHECK(timeouts == 4);
    CHECK(since(start) >= Milliseconds(299));
    CHECK(since(start) < Milliseconds(4000)); // half of what the lookup takes: a busy machine
}

TEST_CASE("a stop ends an attempt while the name server is silent") {
    const MuteNameServer mute;
    {
        const std::scoped_lock lock(lookups().guard);
        lookups().open = false;
    }
    catch_signals();
    std::thread stopper([] {
        while (lookups().count("stopped.mute") == 0) std::this_thread::sleep_for(Milliseconds(5));
        ::kill(::getpid(), SIGTERM);
    });
    const auto start = std::chrono::steady_clock::now();
    const auto result = real_http().send(get("http://stopped.mute/", Milliseconds(30'000)));
    const auto took = since(start);
    stopper.join();
    reset_stop_request();
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_DFL);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::could_not);
    CHECK(took < Milliseconds(4000));
}

TEST_CASE("checks that begin together ask for a name once, and a fresh connection asks again") {
    Server server([](const std::string&) {
        return Server::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Server::Then::close};
    });
    const auto url = "http://many.slow:" + std::to_string(server.port) + "/";
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            const auto result = real_http().send(get(url, Milliseconds(5000)));
            if (result.ok() && result->status == 200) ++good;
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == 8);
    CHECK(lookups().count("many.slow") == 1);
    auto fresh = get(url, Milliseconds(5000));
    fresh.fresh_connection = true;
    CHECK(real_http().send(fresh).ok());
    CHECK(lookups().count("many.slow") == 2);
}
