#include "base/secrets/secret.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret_forms.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/support.h"
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

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

TEST_CASE("a password within a secret URL is masked where it stands alone") {
    const std::string alone = std::string("d8t4") + "b4se-of-orders";
    const Secret url("postgres://shop:" + alone + "@db.example/orders");
    CHECK(hidden(alone));
    CHECK(hidden(base64("shop:" + alone)));
    CHECK(mask("db.example/orders") == "db.example/orders");
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

TEST_CASE("a secret of which little is more than blanks is not masked") {
    const Secret blanks("        "), few("a      b c");
    CHECK_FALSE(maskable("        "));
    CHECK_FALSE(maskable("a      b c"));
    CHECK(maskable("a b  c d"));
    CHECK(mask("x        y a      b c") == "x        y a      b c");
}

TEST_CASE("whatever a writer escapes, and how, a secret is masked") {
    const std::string value = std::string("Zm9") + "v+Yi=:@;,<\"'`/\\~*$ \u00fc\U0001F600end";
    const Secret secret(value);
    for (const std::string& form : {
             std::string("Zm9v+Yi=:@%3B%2C%3C%22%27%60%2F%5C~%2A$%20%C3%BC%F0%9F%98%80end"),  // Go's PathEscape
             std::string("Zm9v+Yi%3D%3A%40%3B,%3C%22'%60%2F%5C~*$%20%C3%BC%F0%9F%98%80end"),  // WHATWG's password
             std::string("Zm9v+Yi=:@;,%3C%22'%60/%5C~*$%20%C3%BC%F0%9F%98%80end"),            // encodeURI
             std::string("Zm9v+Yi%3D%3A@%3B%2C%3C%22%27%60/%5C%7E*%24%20%FC%uD83D%uDE00end"), // escape()
             std::string("Zm9v%2BYi%3D%3A%40%3B%2C%3C%22%27%60%2F%5C%7E*%24+%C3%BC%F0%9f%98%80end"), // a form
             std::string("Zm9v&#43;Yi&#61;:@;,&lt;&#34;&#39;&#96;/\\~*$ \u00fc\U0001F600end"), // Go's html/template
             std::string("Zm9v\\u002bYi\\u003d:@;,\\u003c\\u0022\\u0027\\u0060\\/\\\\~*$ \u00fc\U0001F600end"),
             std::string("Zm9v+Yi\\u003D:@;,\\u003C\\\"\\u0027`\\/\\\\~*$ \\u00FC\\uD83D\\uDE00end"),
             std::string("Zm9v+Yi&#x3D;:@;,&lt;&quot;&#39;&#x60;&#x2F;\\~*$ \u00fc\U0001F600end"), // mustache
             std::string("Zm9v+Yi=:@;,&lt;&quot;&#039;`/\\~*$ &uuml;\U0001F600end"),               // htmlentities
             std::string("Zm9v+Yi=:@;,<\\\"'`/\\\\~*$ \\xFC\\U0001F600end"),                       // PyYAML
             std::string("Zm9v+Yi=:\\@;,<\\\"'`/\\\\~*\\$ \\x{fc}\\x{1f600}end"),                  // Perl
             std::string("Zm9v+Yi=:@;,<\\\"'`/\\\\~*$ \\u{fc}\\u{1F600}end"),                      // ECMAScript, Rust
             std::string("Zm9v+Yi=:@;,<\\\"'`/\\\\~*$ \\303\\274\\360\\237\\230\\200end"),         // C
         }) {
        INFO(form << "\nis shown as " << mask(form));
        CHECK(hidden(form));
    }
}

TEST_CASE("what only looks like an escaped secret stays, and long runs of escapes take no time") {
    const Secret secret(std::string("look") + "&like\\\\\\\\this"), nested(std::string(40, '\\') + "deep");
    for (const std::string text : {"look&amp;lik", "look&ampere;like", "look%26", "look%2", "look\\", "look&#", "&#x",
                                   "\\u12", "%25%25%2", "\\x{26", "&amp;&amp;", "\\400"})
        CHECK(mask(text) == text);
    for (const std::string part : {"\\", "%25", "&amp;", "+", "\\\\", "look\\", "look%26"}) {
        std::string text;
        for (int i = 0; i < 20000; ++i) text += part;
        CHECK(mask(text).size() <= text.size());
    }
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

TEST_CASE("of two secrets that begin alike the longer one leaves no rest") {
    const std::string common = std::string("alike-") + "common";
    const Secret shorter(common), longer(common + "-and-its-rest");
    CHECK(mask("<" + common + "-and-its-rest>") == "<***>");
    CHECK(mask("<" + common + "-and>") == "<***-and>");
    CHECK(mask("<" + hex(common + "-and-its-rest") + ">") == "<***>");
    const Secret longer_first("second-" + common + "-rest"), shorter_second("second-" + common); // in the other order
    CHECK(mask("<second-" + common + "-rest>") == "<***>");
}

TEST_CASE("a secret of four bytes is masked at the start, in the middle and at the very end") {
    const Secret secret(std::string("z9") + "Q!");
    CHECK(mask("z9Q!") == "***");
    CHECK(mask("z9Q! and z9Q!") == "*** and ***");
    CHECK(mask("ends with z9Q!") == "ends with ***");
    CHECK(mask("ends with z9Q") == "ends with z9Q");
}

namespace {

struct Samples {
    std::string secret;
    std::vector<std::string> texts; // each holds the secret in the form, with something before and after
};

// As Python, bash, Go, JavaScript and PyYAML wrote them.
std::map<std::string, Samples> samples_of_forms() {
    const std::string value = std::string("n'te") + "r2/+ \"q\" <\u00fc\U0001F600>&$x\\y";
    const std::string plain = std::string("plain") + "Value0123456789" + std::string(40, 'k') + "0123456789end";
    const std::string wrapped = base64("some text before it " + plain + " and something behind it");
    const auto lines = [](const std::string& text, std::size_t width, const std::string& line_break) {
        std::string result;
        for (std::size_t i = 0; i < text.size(); i += width) result += text.substr(i, width) + line_break;
        return result;
    };
    return {
        {"literal", {value, {value}}},
        {"hexadecimal",
         {value,
          {"6e27746572322f2b20227122203cc3bcf09f98803e2624785c79",
           "6E27746572322F2B20227122203CC3BCF09F98803E2624785C79"}}},
        {"base32",
         {value,
          {"NYTXIZLSGIXSWIBCOERCAPGDXTYJ7GEAHYTCI6C4PE======", "MFRG4J3UMVZDELZLEARHCIRAHTB3Z4E7TCAD4JREPBOHS==="}}},
        {"base64", {value, {"bid0ZXIyLysgInEiIDzDvPCfmIA+JiR4XHk=", "bid0ZXIyLysgInEiIDzDvPCfmIA-JiR4XHk"}}},
        {"base64 in base64",
         {value, {base64(base64(value)), base64("x" + base64("user:" + value)), base64(base64("ab" + value))}}},
        {"base64 over several lines",
         {plain,
          {lines(wrapped, 64, "\n"), lines(wrapped, 76, "\r\n"), lines(wrapped, 76, "\n    "),
           lines(wrapped, 60, "\\n"), lines(hex(plain), 60, "\n")}}},
        {"percent-encoding",
         {value,
          {"n%27ter2%2F%2B%20%22q%22%20%3C%C3%BC%F0%9F%98%80%3E%26%24x%5Cy",
           "n%27ter2%2F%2B+%22q%22+%3C%C3%BC%F0%9F%98%80%3E%26%24x%5Cy",
           "n%27ter2/%2B%20%22q%22%20%3C%C3%BC%F0%9F%98%80%3E%26%24x%5Cy",
           "n'ter2%2F%2B%20%22q%22%20%3C%C3%BC%F0%9F%98%80%3E%26%24x%5Cy"}}},
        {"percent-encoding in percent-encoding",
         {value,
          {"n%2527ter2%252F%252B%2520%2522q%2522%2520%253C%25C3%25BC%25F0%259F%2598%2580%253E%2526%2524x%255Cy"}}},
        {"JSON",
         {value,
          {"n'ter2/+ \\\"q\\\" <\\u00fc\\ud83d\\ude00>&$x\\\\y", "n'ter2/+ \\\"q\\\" <\u00fc\U0001F600>&$x\\\\y",
           "n'ter2\\/+ \\\"q\\\" <\\u00fc\\ud83d\\ude00>&$x\\\\y",
           "n'ter2/+ \\\"q\\\" \\u003c\u00fc\U0001F600\\u003e\\u0026$x\\\\y",
           "n\\u0027ter2/\\u002B \\u0022q\\u0022 \\u003C\\u00FC\\uD83D\\uDE00\\u003E\\u0026$x\\\\y"}}},
        {"JSON in JSON",
         {value,
          {"\\\"n'ter2/+ \\\\\\\"q\\\\\\\" <\\\\u00fc\\\\ud83d\\\\ude00>&$x\\\\\\\\y\\\"",
           json_escape(json_escape(value))}}},
        {"HTML",
         {value,
          {"n&#x27;ter2/+ &quot;q&quot; &lt;\u00fc\U0001F600&gt;&amp;$x\\y", "n'ter2/+ \"q\" <&#252;&#128512;>&$x\\y",
           "n&#x27;ter2/+ &quot;q&quot; &lt;&#252;&#128512;&gt;&amp;$x\\y",
           "n&#39;ter2/+ &#34;q&#34; &lt;\u00fc\U0001F600&gt;&amp;$x\\y",
           "n&#039;ter2/+ &quot;q&quot; &lt;\u00fc\U0001F600&gt;&amp;$x\\y",
           "&#110;&#39;&#116;&#101;&#114;&#50;&#47;&#43;&#32;&#34;&#113;&#34;&#32;&#60;&#252;&#128512;&#62;&#38;&#36;&#"
           "120;"
           "&#92;&#121;"}}},
        {"Python's `repr`, C, `$'…'` and YAML's `\"…\"`",
         {value,
          {"'n\\'ter2/+ \"q\" <\u00fc\U0001F600>&$x\\\\y'",
           "b'n\\'ter2/+ \"q\" <\\xc3\\xbc\\xf0\\x9f\\x98\\x80>&$x\\\\y'",
           "'n\\'ter2/+ \"q\" <\\xfc\\U0001f600>&$x\\\\y'",
           "$'n\\'ter2/+ \"q\" <\\303\\274\\360\\237\\230\\200>&$x\\\\y'",
           "\"n'ter2/+ \\\"q\\\" <\\xFC\\U0001F600>&$x\\\\y\""}}},
        {"shell quotes",
         {value,
          {"'n'\\''ter2/+ \"q\" <\u00fc\U0001F600>&$x\\y'", "'n'\"'\"'ter2/+ \"q\" <\u00fc\U0001F600>&$x\\y'",
           "\"n'ter2/+ \\\"q\\\" <\u00fc\U0001F600>&\\$x\\\\y\"",
           "n\\'ter2/+\\ \\\"q\\\"\\ \\<\u00fc\U0001F600\\>\\&\\$x\\\\y"}}},
        {"SQL, YAML's `'…'` and CSV",
         {value, {"'n''ter2/+ \"q\" <\u00fc\U0001F600>&$x\\y'", "n'ter2/+ \"\"q\"\" <\u00fc\U0001F600>&$x\\y"}}},
    };
}

// The names that SECURITY.md lists: of "- JSON: how" what is before the colon.
std::vector<std::string> promised_forms() {
    std::ifstream file(test::source("SECURITY.md"));
    std::stringstream text;
    text << file.rdbuf();
    const std::string page = text.str();
    std::vector<std::string> names;
    for (const std::string& line : split(page.substr(page.find("## The forms")), '\n'))
        if (line.starts_with("- ")) names.push_back(line.substr(2, line.find(':') - 2));
    return names;
}

}

TEST_CASE("every form that SECURITY.md names is masked, and no other is tested") {
    const auto samples = samples_of_forms();
    for (const auto& [name, sample] : samples) {
        const std::string around = mask("before " + join(sample.texts, "\n--\n") + " after");
        INFO("before it is known: " << name);
        CHECK(around.find(sample.texts.front()) != std::string::npos); // what is tested is not hidden by chance
    }
    std::vector<std::string> tested;
    for (const auto& [name, sample] : samples) {
        tested.push_back(name);
        const Secret secret(sample.secret);
        for (const std::string& text : sample.texts) {
            const std::string shown = mask("before " + text + " after");
            INFO(name << ": " << text << "\nis shown as " << shown);
            CHECK(shown.find("***") != std::string::npos);
            CHECK(shown.size() < 7 + 6 + 3 + 100); // what is left belongs to the neighbours
            for (std::size_t i = 0; i + 12 <= sample.secret.size(); ++i)
                CHECK(shown.find(sample.secret.substr(i, 12)) == std::string::npos);
        }
    }
    auto promised = promised_forms();
    std::sort(promised.begin(), promised.end());
    CHECK(promised == tested);
}

TEST_CASE("base64 that is wrapped leaves no whole line of a secret") {
    const std::string secret = std::string("wrapped") + "-secret-" + std::string(30, 'w') + "-0123456789-the-end";
    const Secret registered(secret);
    for (const std::size_t width : {48u, 60u, 64u, 76u}) {
        for (const std::size_t before : {0u, 1u, 2u, 20u, 50u, 60u}) {
            const std::string encoded = base64(std::string(before, 'b') + secret + std::string(40, 'a'));
            std::string text;
            for (std::size_t i = 0; i < encoded.size(); i += width) text += encoded.substr(i, width) + "\n";
            INFO(width << ", " << before << ": " << mask(text));
            const auto core = base64(std::string(before % 3, 'b') + secret).substr(4, 60);
            const std::string joined = replace_all(mask(text), "\n", "");
            for (std::size_t i = 0; i + 8 <= core.size(); ++i) CHECK(joined.find(core.substr(i, 8)) == joined.npos);
        }
    }
}

TEST_CASE("lines are let go when nothing that follows can make them part of a secret") {
    CHECK(settled("") == 0);
    CHECK(settled("no line end") == 0);
    CHECK(settled("a line\nand more") == 7);
    const std::string line(64, 'A');
    CHECK(settled("first\n" + line + "\n" + line + "\n") == 6);
    CHECK(settled("first\n" + line + "\n.\n") == 6 + 65 + 2);
}

namespace {

// In a process of its own: what fills the registry stays for as long as that lives.
template <typename Check>
bool holds_alone(Check check) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(check() ? 0 : 1);
    int status = 1;
    ::waitpid(child, &status, 0);
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string many(std::size_t bytes, const std::function<std::string(std::size_t)>& piece) {
    std::string text;
    for (std::size_t i = 0; text.size() < bytes; ++i) text += piece(i);
    return text;
}

}

TEST_CASE("a text made of URLs registers what it holds, and no more forms than are kept") {
    constexpr std::size_t megabyte = 1000000;
    CHECK(holds_alone([&] {
        const auto before = secret_counts().values;
        register_assignments(many(megabyte, [](auto) { return "://@"; }));
        return secret_counts().values < before + 20;
    }));
    CHECK(holds_alone([&] {
        register_assignments(many(megabyte / 2, [](auto i) { return "://a:b" + std::to_string(i) + "word@h "; }));
        const auto counts = secret_counts();
        return counts.in_all_forms <= 2048 && counts.texts < 250000 && !counts.full && mask("<b777word>") == "<***>" &&
               mask("<b15000word>") == "<***>";
    }));
}

TEST_CASE("a registry that is full lets no line through") {
    CHECK(holds_alone([] {
        for (std::size_t i = 0; i < 65537; ++i) const Secret secret("value-" + std::to_string(i));
        return secret_counts().full && mask("a line\n\n  b\n") == "***\n\n***\n";
    }));
}

TEST_CASE("a long secret is found in its pieces, whole and encoded") {
    std::string value;
    for (std::size_t i = 0; value.size() < 20000; ++i) value += "part" + std::to_string(i) + "-";
    const Secret secret(value);
    CHECK(mask("<" + value + ">") == "<***>");
    const std::string encoded = mask("<" + base64(value) + ">");
    CHECK(encoded.size() < 40);
}
