#include "base/secret.h"
#include "base/text.h"
#include "support/catch.h"
#include <thread>

using namespace fairlead;

namespace {

// Put together here, so that no scanner takes this file for a leak.
const std::string password = std::string("hun") + "ter2/+ \"q\" ünd";

bool hidden(const std::string& text) { return mask("before " + text + " after") == "before *** after"; }

}

TEST_CASE("a secret is masked as it is and in every form that it travels in") {
    const Secret secret(password);
    CHECK(secret.reveal() == password);
    CHECK(hidden(password));
    CHECK(hidden(base64(password)));
    CHECK(hidden(percent_encode(password)));
    CHECK(hidden("hunter2%2f%2b%20%22q%22%20%c3%bcnd"));
    CHECK(hidden(replace_all(percent_encode(password), "%20", "+")));
    CHECK(hidden(replace_all(percent_encode(password), "%2F", "/")));
    CHECK(hidden(json_escape(password)));
    CHECK(hidden(replace_all(json_escape(password), "/", "\\/")));
    CHECK(mask(password + password) == "******");
    CHECK(mask("x" + password) == "x***");
}

TEST_CASE("base64 of a text that holds a secret shows none of its whole characters") {
    const std::string token = std::string("to") + "p~s?cret>value"; // gives both '+' and '/'
    const Secret secret(token);
    for (const std::string before : {"", "a", "ab", "abc", "user:"}) {
        for (const std::string after : {"", "x", "xy"}) {
            const std::string encoded = base64(before + token + after);
            const std::string encoded_url = replace_all(replace_all(encoded, "+", "-"), "/", "_");
            for (const std::string& text : {encoded, encoded_url}) {
                const std::string masked = mask(text);
                INFO(before << "|" << after << ": " << masked);
                REQUIRE(masked.find("***") != std::string::npos);
                // What is left belongs to the neighbours: a character may carry bits of both.
                const std::size_t left = masked.size() - 3;
                CHECK(left <= (before.size() + after.size()) * 8 / 6 + 5);
            }
        }
    }
}

TEST_CASE("each line of a secret of several lines is masked by itself") {
    const std::string first = std::string("MIIB") + "linefirst";
    const std::string second = std::string("MIIB") + "linesecond";
    const Secret secret(first + "\r\n  " + second + "\nab\n");
    CHECK(hidden(first));
    CHECK(hidden(second));
    CHECK(hidden(base64(first)));
    CHECK(mask("ab") == "ab");
    CHECK(mask("log: " + first + " | " + second) == "log: *** | ***");
}

TEST_CASE("a secret is masked as the usual libraries escape it") {
    const std::string value = std::string("q<w>&!(*)") + "'\" \u00fc\U0001F600/end";
    const Secret secret(value);
    for (const std::string& form : {
             std::string("q\\u003cw\\u003e\\u0026!(*)'\\\" \u00fc\U0001F600/end"), // Go's JSON
             std::string("q<w>&!(*)'\\\" \\u00fc\\ud83d\\ude00/end"),              // Python's
             std::string("q<w>&!(*)'\\\" \\u00fc\\ud83d\\ude00\\/end"),            // PHP's
             std::string("q%3Cw%3E%26!(*)'%22%20%C3%BC%F0%9F%98%80%2Fend"),        // encodeURIComponent
             std::string("q%3Cw%3E%26!(*)'%22+%C3%BC%F0%9F%98%80%2Fend"),          // in a query
             std::string("q&lt;w&gt;&amp;!(*)'\" \u00fc\U0001F600/end"),           // in HTML's text
             std::string("q&lt;w&gt;&amp;!(*)&#39;&quot; \u00fc\U0001F600/end"),   // in an attribute
         }) {
        INFO(form);
        CHECK(mask("[" + form + "]") == "[***]");
    }
}

TEST_CASE("a secret shorter than four bytes is not masked") {
    const Secret secret("xyz");
    CHECK_FALSE(maskable("xyz"));
    CHECK(maskable("wxyz"));
    CHECK(mask("an xyz in a text") == "an xyz in a text");
    CHECK(Secret("").empty());
}

TEST_CASE("secrets that overlap leave nothing between them") {
    const std::string one = std::string("over") + "lapone";
    const std::string two = std::string("lapone") + "andtwo";
    const Secret first(one);
    const Secret second(two);
    CHECK(mask("[overlaponeandtwo]") == "[***]");
    CHECK(mask("over") == "over");
}

TEST_CASE("a secret that is part of another does not save the rest of it") {
    const std::string inner = std::string("inner") + "value";
    const Secret small(inner);
    const Secret large("outer-" + inner + "-outer");
    CHECK(mask("outer-" + inner + "-outer") == "***");
    CHECK(mask(inner + "-outer") == "***-outer");
}

TEST_CASE("threads may add secrets while others mask") {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([i] {
            for (int n = 0; n < 50; ++n) {
                const std::string value = "thread-" + std::to_string(i) + "-" + std::to_string(n) + "-value";
                const Secret secret(value);
                if (mask(value) != "***") std::abort();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(mask("thread-3-49-value") == "***");
}
