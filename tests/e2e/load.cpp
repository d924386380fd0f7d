// fairlead-load: a strict HTTP load. Every attempt that does not end in a complete answer with the expected status is
// lost; nothing is tried again. Prints one JSON line when it ends (SIGTERM, SIGINT or --duration):
//   {"sent":1200,"lost":1,"by_kind":{"refused":1},"slowest_ms":31,"seconds":10.0,"by_work":{"fresh":{"sent":600,"lost":1}},
//    "by_release":{"1.0.0":1199},"losses":[{"at_ms":1795305600123,"work":"fresh","kind":"refused"}]}
// at_ms: of the wall clock, the first 20. Works: fresh, kept, idle (kept alive, a longer pause), slow, stream (a body
// sent over a second), socket (a WebSocket: each echo is one; a cut is a loss, the application's farewell when it is
// told to end isn't).
#include "client.h"
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using load::Connection;
using load::Steady;
using load::Url;
std::atomic<bool> stopping{false};

struct Options {
    std::string url, slow_url;
    load::Wish wish;
    int fresh = 4, kept = 4, slow = 0; // connections at a time: new for each request, kept alive, new to slow_url
    int idle = 0, stream = 0, socket = 0;
    int think_ms = 5, idle_ms = 20; // pause between two requests of one connection; of an idle one
    int socket_ms = 3000;           // how long a WebSocket is held before the client itself ends it; 0: for ever
    double duration = 0;            // seconds; 0: until a signal
};

struct Count {
    long sent = 0, lost = 0;
};

struct Loss {
    long long at_ms;
    std::string work, kind;
};

struct Totals {
    std::mutex mutex;
    Count all;
    long slowest_ms = 0;
    std::map<std::string, long> by_kind, by_release;
    std::map<std::string, Count> by_work;
    std::vector<Loss> losses;

    void count(const std::string& work, const std::string& kind, Steady::time_point start, const std::string& release) {
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - start).count();
        const std::lock_guard guard(mutex);
        slowest_ms = std::max(slowest_ms, static_cast<long>(took));
        if (!release.empty()) ++by_release[release];
        for (Count* one : {&all, &by_work[work]}) {
            ++one->sent;
            one->lost += !kind.empty();
        }
        if (kind.empty()) return;
        ++by_kind[kind];
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        if (losses.size() < 20)
            losses.push_back({std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), work, kind});
    }
};

[[noreturn]] void die(const std::string& message) {
    std::fprintf(stderr, "fairlead-load: %s\n", message.c_str());
    std::exit(2);
}

void pause(int milliseconds) {
    if (milliseconds > 0) std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

void requests(const std::string& work, const Url& url, const Options& options, Totals& totals) {
    Connection connection(url, options.wish);
    while (!stopping) {
        const auto start = Steady::now();
        const auto kind = work == "stream" ? connection.stream(10, std::chrono::milliseconds(100))
                                           : connection.request(work == "kept" || work == "idle");
        totals.count(work, kind, start, connection.release());
        pause(work == "idle" ? options.idle_ms : options.think_ms);
    }
}

void conversations(const Url& url, const Options& options, Totals& totals) {
    Connection connection(url, options.wish);
    while (!stopping) {
        const auto start = Steady::now();
        auto kind = connection.open();
        if (!kind.empty()) totals.count("socket", kind, start, "");
        const auto end = start + std::chrono::milliseconds(options.socket_ms);
        for (int number = 0; kind.empty() && !stopping && (options.socket_ms == 0 || Steady::now() < end); ++number) {
            pause(50);
            const auto sent = Steady::now();
            kind = connection.echo(number);
            if (kind != "ended") totals.count("socket", kind, sent, connection.release());
        }
        if (kind.empty()) kind = connection.bye();
        if (!kind.empty()) pause(options.think_ms);
    }
}

void read_number(const std::string& text, int& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) die("not a number: " + text);
}

Options parse(int argc, char** argv) {
    Options options;
    const std::string usage =
        "usage: fairlead-load --url http://HOST:PORT/PATH [--fresh N] [--kept N] [--idle N] [--slow-url URL --slow N]\n"
        "  [--stream N] [--socket N] [--method GET] [--status 200] [--think-ms 5] [--idle-ms 20] [--socket-ms 3000]\n"
        "  [--timeout-ms 15000] [--duration SECONDS]\n";
    const std::map<std::string, std::string*> texts{{"--url", &options.url},
                                                    {"--slow-url", &options.slow_url},
                                                    {"--method", &options.wish.method},
                                                    {"--status", &options.wish.status}};
    const std::map<std::string, int*> numbers{
        {"--fresh", &options.fresh},         {"--kept", &options.kept},
        {"--idle", &options.idle},           {"--slow", &options.slow},
        {"--stream", &options.stream},       {"--socket", &options.socket},
        {"--think-ms", &options.think_ms},   {"--idle-ms", &options.idle_ms},
        {"--socket-ms", &options.socket_ms}, {"--timeout-ms", &options.wish.timeout_ms}};
    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--help") {
            std::fputs(usage.c_str(), stdout);
            std::exit(0);
        }
        if (i + 1 >= argc) die(name + " needs a value\n" + usage);
        const std::string value = argv[i + 1];
        if (const auto text = texts.find(name); text != texts.end())
            *text->second = value;
        else if (const auto number = numbers.find(name); number != numbers.end())
            read_number(value, *number->second);
        else if (name == "--duration")
            options.duration = std::strtod(value.c_str(), nullptr);
        else
            die("unknown flag " + name + "\n" + usage);
    }
    if (options.url.empty()) die("--url is missing\n" + usage);
    if (options.slow_url.empty()) options.slow_url = options.url;
    for (const auto* url : {&options.url, &options.slow_url})
        if (load::parse_url(*url).host.empty()) die(*url + " must start with http://");
    return options;
}

void print(const Totals& totals, double seconds) {
    const auto joined = [](const auto& entries, const auto& show) {
        std::string text;
        for (const auto& entry : entries) text += (text.empty() ? "" : ",") + show(entry);
        return text;
    };
    const auto number = [](const auto& entry) { return "\"" + entry.first + "\":" + std::to_string(entry.second); };
    const auto work = [](const auto& entry) {
        return "\"" + entry.first + "\":{\"sent\":" + std::to_string(entry.second.sent) +
               ",\"lost\":" + std::to_string(entry.second.lost) + "}";
    };
    const auto loss = [](const Loss& one) {
        return "{\"at_ms\":" + std::to_string(one.at_ms) + ",\"work\":\"" + one.work + "\",\"kind\":\"" + one.kind +
               "\"}";
    };
    std::printf("{\"sent\":%ld,\"lost\":%ld,\"by_kind\":{%s},\"slowest_ms\":%ld,\"seconds\":%.1f,\"by_work\":{%s},"
                "\"by_release\":{%s},\"losses\":[%s]}\n",
                totals.all.sent, totals.all.lost, joined(totals.by_kind, number).c_str(), totals.slowest_ms, seconds,
                joined(totals.by_work, work).c_str(), joined(totals.by_release, number).c_str(),
                joined(totals.losses, loss).c_str());
}

}

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    const Url url = load::parse_url(options.url), slow_url = load::parse_url(options.slow_url);
    for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int) { stopping = true; });
    Totals totals;
    const auto start = Steady::now();
    std::vector<std::thread> threads;
    const std::pair<const char*, int> works[] = {{"fresh", options.fresh},
                                                 {"kept", options.kept},
                                                 {"idle", options.idle},
                                                 {"slow", options.slow},
                                                 {"stream", options.stream}};
    for (const auto& [name, count] : works) {
        for (int i = 0; i < count; ++i) {
            const std::string work = name;
            threads.emplace_back([&, work] { requests(work, work == "slow" ? slow_url : url, options, totals); });
        }
    }
    for (int i = 0; i < options.socket; ++i) threads.emplace_back([&] { conversations(url, options, totals); });
    const auto seconds = [&] { return std::chrono::duration<double>(Steady::now() - start).count(); };
    while (!stopping) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (options.duration > 0 && seconds() >= options.duration) stopping = true;
    }
    for (auto& thread : threads) thread.join(); // what is under way ends by itself and counts
    print(totals, seconds());
    return totals.all.lost == 0 ? 0 : 1;
}
