#include "smoke/hurl/judge_entry.h"
#include "sys/files/files.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::smoke::hurl;

// What an entry expects, and behind the first NUL the body that was answered: templates, queries, filters, predicates
// and captures. Each fault has a message and a place in the text.
extern "C" int fuzz_smoke_hurl_judge(const std::uint8_t* data, std::size_t size) {
    const std::string all(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(all.find('\0'), all.size());
    const auto text = "GET http://a\nHTTP *\n" + all.substr(0, end);
    const auto file = read_file("x.hurl", text);
    if (!file.ok()) return 0;
    const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
    Answer answer;
    answer.response.status = 200;
    answer.response.version = "1.1";
    answer.response.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Set-Cookie", "s=1; Max-Age=60"}};
    answer.response.body = all.substr(std::min(end + 1, all.size()));
    Scope scope;
    scope.set("v", Value{std::int64_t{7}});
    scope.set("w", Value{std::string("ann")});
    static const auto empty = sys::TemporaryFolder::make("hurl judge").value();
    static const Files files{sys::Root::open(empty.path()).value(), empty.path().string()};
    for (const auto& entry : file->entries) {
        if (!entry.response) continue;
        for (const auto& fault : judge_entry(*entry.response, answer, scope, {}, file.value(), files, {}))
            if (fault.message.empty() || fault.spot.line < 1 || fault.spot.line > lines || fault.spot.column < 1)
                std::abort();
    }
    return 0;
}
