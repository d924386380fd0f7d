#include "scan/collector.h"
#include "scan/sieve.h"
#include "unit/sys/git_sandbox.h"
#include <random>

// What the survey of a packed history passes over has no finding: each commit is looked at by all its added lines, too.

using namespace fairlead;
namespace gl = fairlead::scan::gitleaks;
using fairlead::scan::sample;
using fairlead::scan::Sieve;
using test::Strings;

namespace {

Strings found_by_lines(gl::Detector& detector, const sys::AddedLines& added, const std::string& end) {
    Strings found;
    const std::string text = added.text + end;
    const gl::Fragment fragment{.text = text, .path = added.path, .first_line = added.first_line};
    for (const gl::Finding& finding : test::value(detector.find(fragment)))
        found.push_back(finding.file + ":" + std::to_string(finding.start_line) + ": " + finding.rule);
    return found;
}

struct Surveyed {
    std::size_t passed = 0, wanted = 0, findings = 0;
};

// Both ways over all commits, which are packed first.
Surveyed compare_ways(const test::Sandbox& box, gl::Detector detector, scan::Reading reading = {}) {
    box.git("repack -q -a -d -f --depth=50 --window=50");
    const sys::Repository repository = box.open();
    Sieve sieve(repository, detector, reading);
    Strings commits = split(box.ask("rev-list --reverse --all"), '\n');
    const auto all = [](const std::string&) { return true; };
    REQUIRE(sieve.survey(commits, {all, all}).ok());
    Surveyed count;
    for (std::size_t i = 0; i < commits.size(); ++i) {
        Strings expected, sieved;
        const auto take = [&](Strings& into) {
            return [&](const sys::AddedLines& added) -> Result<void> {
                const bool skipped = added.what == sys::AddedLines::What::bytes && !reading.bytes;
                for (std::string& each :
                     skipped ? Strings() : found_by_lines(detector, added, reading.bytes ? "" : "\n"))
                    into.push_back(std::move(each));
                return {};
            };
        };
        REQUIRE(repository.added_lines(commits[i], take(expected)).ok());
        const auto pass = [](const std::string&, Sieve::Answer answer) -> Result<void> {
            CHECK(answer.verdict != Sieve::Verdict::wanted);
            return {};
        };
        const bool passed = test::value(sieve.pass_over(i, pass));
        count.passed += passed;
        std::vector<sys::CommitFile> wanted;
        for (sys::CommitFile& file : passed ? std::vector<sys::CommitFile>() : test::value(sieve.files_of(commits[i])))
            if (test::value(sieve.look(file)).verdict == Sieve::Verdict::wanted) wanted.push_back(std::move(file));
        count.wanted += wanted.size();
        REQUIRE(sieve.added_lines(commits[i], wanted, take(sieved)).ok());
        CHECK(sieved == expected);
        count.findings += expected.size();
    }
    return count;
}

gl::Detector built_in_detector() { return test::value(gl::Detector::make(gl::built_in_configuration(), {})); }

gl::Detector rules_of(std::string_view text) {
    const auto nothing = [](const std::string& path) { return Result<std::string>(usage(path)); };
    auto configuration = test::value(gl::read_configuration(text, "test", nothing));
    return test::value(gl::Detector::make(std::move(configuration), {}));
}

constexpr std::string_view other_rules = R"toml([[rules]]
id = "token"
regex = "tok_[a-z0-9]{4,}"
keywords = ["tok_"]
[[rules]]
id = "pair"
regex = '''first\n+second'''
[[rules]]
id = "long"
regex = '''(?s)begin.{20,}?end'''
keywords = ["begin"]
[[rules]]
id = "named"
path = "[.]yaml$"
regex = "line [0-9]*7$"
)toml";

const std::string planted = sample("gh|p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7");

// Edits of many kinds in files of many kinds.
void make_history(test::Sandbox& box, unsigned seed, const std::string& newline) {
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    const Strings known = {"t = " + planted,
                           "",
                           sample("pass|word = \"Tr0ub4dor-horse-1x\""),
                           "key: >-",
                           "  Tr0ub4dor-horse-1x",
                           "-----BEGIN " + std::string("RSA PRIVATE KEY-----"),
                           sample("MHcngzZpVNIZCFnNd|8qQlGHaAKCXX2yau"),
                           "-----END " + std::string("RSA PRIVATE KEY-----"),
                           "kind: Secret",
                           "data:",
                           sample("  pa|ss: dDdLcTJ2V3o5QjE4eExwMw=="),
                           "tok_abcd1234",
                           "first",
                           "second",
                           "begin",
                           "end",
                           sample("dG9r|X2FiY2QxMjM0NQ=="),
                           "private key",
                           std::string(5000, 'x') + sample(" pass|word=Tr0ub4dor-1x-y")};
    const Strings names = {"a.py", "b.yaml", "c", "d.tf"};
    std::vector<Strings> files(names.size(), Strings(60, "line"));
    for (Strings& lines : files)
        for (std::size_t i = 0; i < lines.size(); ++i) lines[i] += " " + std::to_string(i * 37 % 101);
    for (int i = 0; i < 60; ++i) {
        const std::size_t file = pick(files.size());
        for (int edits = 0; edits < 3; ++edits) {
            auto& lines = files[file];
            const auto at = lines.begin() + static_cast<std::ptrdiff_t>(pick(lines.size()));
            if (pick(3) == 0 && lines.size() > 5)
                lines.erase(at);
            else if (pick(4) == 0)
                *at += pick(4) != 0 ? " = 1" : " " + known[pick(known.size())];
            else
                lines.insert(at, pick(4) == 0 ? known[pick(known.size())] : "line " + std::to_string(pick(4)));
        }
        const std::string& name = names[pick(20) == 0 ? pick(names.size()) : file]; // sometimes in another kind of file
        box.write(name, join(files[file], newline) + (pick(5) == 0 ? "" : newline));
        box.commit("edit");
    }
}

}

TEST_CASE("in a packed history nothing is lost, and most of it is passed over") {
    for (const unsigned seed : {1u, 2u, 3u}) {
        test::Sandbox box;
        make_history(box, seed, "\n");
        const Surveyed count = compare_ways(box, built_in_detector());
        CHECK(count.findings > 2);
        CHECK(count.passed > 5);
        CHECK(count.wanted < 120);
    }
}

TEST_CASE("lines may end as on Windows") {
    test::Sandbox box;
    make_history(box, 4, "\r\n");
    CHECK(compare_ways(box, built_in_detector()).findings > 2);
}

TEST_CASE("the rules of a configuration find as much, also over many lines, in encodings and in certain files") {
    test::Sandbox box;
    make_history(box, 5, "\n");
    const Surveyed count = compare_ways(box, rules_of(other_rules), {.bytes = false, .archives = false});
    CHECK(count.findings > 2);
}

TEST_CASE("a line of which only a part is copied is another line") {
    test::Sandbox box;
    std::string text;
    for (int i = 0; i < 200; ++i) text += "the line " + std::to_string(i) + " of a long text\n";
    const std::string name = sample("pass|word"), value = " = \"Tr0ub4dor-horse-1x\"\n";
    box.commit("f", text + "the " + name + "\n" + text + value);
    box.commit("f", text + "the " + name + value + text);
    box.commit("g", text + "x " + planted + "\n");
    box.commit("g", text + "x a" + planted + "\n"); // no token any more
    box.commit("g", text + planted);
    box.commit("g", planted.substr(2) + "\n" + text + planted.substr(0, 2));
    CHECK(compare_ways(box, built_in_detector()).findings == 4);
}

TEST_CASE("a content that two kinds of files have is looked at by the rules of each") {
    test::Sandbox box;
    box.write("a.txt", sample("kind: Se|cret\ndata:\n  pa|ss: dDdLcTJ2V3o5QjE4eExwMw==\n"));
    box.write("a.yaml", sample("kind: Se|cret\ndata:\n  pa|ss: dDdLcTJ2V3o5QjE4eExwMw==\n"));
    box.commit("both");
    box.write("b.txt", sample("da|ta:\n  pa|ss: dDdLcTJ2V3o5QjE4eExwMw==\nkind: Secret\n"));
    box.commit("text");
    box.git("mv b.txt b.yaml");
    box.commit("moved");
    compare_ways(box, built_in_detector());
}

TEST_CASE("bytes, wide letters, marks and empty files are judged as before") {
    test::Sandbox box;
    std::string wide;
    for (const char c : "t = " + planted) wide += std::string(1, c) + '\0';
    box.write("bytes", std::string("\0\x01\x02\xff\xfe", 5) + std::string(400, '\x01') + wide);
    box.write("marked", "\xff\xfe" + wide);
    box.write("empty", "");
    box.write("newline", "\n");
    box.write("a.zip", std::string("PK\x03\x04") + std::string(60, '\0'));
    box.commit("first");
    box.write("bytes", std::string("\0\x01\x02\xff\xfe", 5) + std::string(401, '\x01') + wide);
    box.write("marked", wide);
    box.write("newline", "\n\n");
    box.commit("second");
    CHECK(compare_ways(box, built_in_detector()).findings > 0);
    compare_ways(box, built_in_detector(), {.bytes = false, .archives = false});
}

TEST_CASE("what isn't in a pack, and a pack that is damaged, is left to the slower way") {
    test::Sandbox box;
    box.commit("f", "t = " + planted + "\n");
    box.commit("f", "t = 1\n");
    const sys::Repository repository = box.open();
    gl::Detector detector = built_in_detector();
    Sieve sieve(repository, detector, {});
    const Strings commits = split(box.ask("rev-list --reverse --all"), '\n');
    const auto all = [](const std::string&) { return true; };
    REQUIRE(sieve.survey(commits, {all, all}).ok());
    const auto pass = [](const std::string&, Sieve::Answer) { return Result<void>(); };
    CHECK_FALSE(test::value(sieve.pass_over(0, pass)));
    CHECK_FALSE(test::value(sieve.pass_over(1, pass)));
}
