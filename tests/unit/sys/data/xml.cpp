#include "sys/data/xml.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/files/stream.h"
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

struct XmlRecorder : XmlHandler {
    std::string events;
    int calls = 0, fails_at = 0; // 0: never
    Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
        events += "<" + std::string(name);
        if (attributes.has("name")) events += " name=" + std::string(attributes.get("name"));
        events += ">";
        return counted();
    }
    Result<void> end(std::string_view name) override {
        events += "</" + std::string(name) + ">";
        return counted();
    }
    Result<void> text(std::string_view text) override {
        events += text;
        return counted();
    }
    Result<void> counted() { return ++calls == fails_at ? Result<void>(no("enough")) : Result<void>(); }
};

std::string events_of(std::string_view text) {
    XmlRecorder recorder;
    const auto result = parse_xml(text, "report.xml", recorder);
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return recorder.events;
}

Error refused_xml(std::string_view text) {
    XmlRecorder recorder;
    const auto result = parse_xml(text, "report.xml", recorder);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::no);
    CHECK(result.error().message.find("malformed XML: ") == 0);
    return result.error();
}

}

TEST_CASE("elements, attributes and text come as events with local names") {
    CHECK(events_of("<r xmlns:x='u'><x:a x:name='1'>t&amp;<![CDATA[<]]></x:a></r>") == "<r><a name=1>t&<</a></r>");
    CHECK(events_of("<r xmlns:name='u'/>") == "<r></r>");
}

TEST_CASE("blanks and marks before the declaration are accepted and counted") {
    CHECK(events_of("\n \xEF\xBB\xBF\n<?xml version='1.0'?><a/>") == "<a></a>");
    const Error error = refused_xml("\n\n  <a></b>");
    CHECK(error.place.line == 3);
    CHECK(error.place.column == 8);
}

TEST_CASE("a document type is accepted and never loaded, a declared entity is refused") {
    CHECK(events_of("<!DOCTYPE coverage SYSTEM 'http://127.0.0.1:9/x.dtd'><coverage/>") == "<coverage></coverage>");
    CHECK(refused_xml("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>").message.find("entity 'x'") != std::string::npos);
    CHECK(refused_xml("<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><a/>").place.line == 1);
}

TEST_CASE("truncated, empty and mismatched documents are malformed") {
    CHECK(refused_xml("").place.line == 1);
    CHECK(refused_xml("<a>\n<b>").place.line == 2);
    CHECK(refused_xml("<a/><b/>").place.column == 5);
    CHECK(refused_xml("not xml").place.line == 1);
}

TEST_CASE("encodings: UTF-8, UTF-16, Latin-1 and those that iconv knows as one byte per character") {
    CHECK(events_of("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>") == "<a>\u00e9</a>");
    CHECK(events_of("<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>") == "<a>\u20ac</a>");
    CHECK(events_of("<?xml version='1.0' encoding='KOI8-R'?><a>\xC1</a>") == "<a>\u0430</a>");
    CHECK(events_of(std::string_view("\xFF\xFE<\0a\0>\0\xAC\x20<\0/\0a\0>\0", 18)) == "<a>\u20ac</a>");
    CHECK(refused_xml("<?xml version='1.0' encoding='x-none'?><a/>").message.find("unknown encoding") !=
          std::string::npos);
    CHECK(refused_xml("<?xml version='1.0' encoding='../x'?><a/>").place.line == 1);
    CHECK(refused_xml("<?xml version='1.0' encoding='ISO-2022-CN-EXT'?><a/>").place.line == 1);
}

TEST_CASE("what a handler throws arrives at the caller") {
    struct Thrower : XmlRecorder {
        Result<void> start(std::string_view, const XmlAttributes&) override { throw std::logic_error("bug"); }
    } thrower;
    CHECK_THROWS_AS((void)parse_xml("<a/>", "report.xml", thrower), std::logic_error);
}

TEST_CASE("a file is read in pieces, and a missing one is an error that names it") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const auto path = folder.path() / "report.xml";
    std::string expected;
    {
        std::ofstream out(path);
        out << "<r>";
        for (int i = 0; i < 20'000; ++i)
            out << "<t name='" << i << "'/>", expected += "<t name=" + std::to_string(i) + "></t>";
        out << "</r>";
    }
    XmlRecorder recorder;
    CHECK(parse_xml_file(path.string(), recorder).ok());
    CHECK(recorder.events == "<r>" + expected + "</r>");
    std::filesystem::remove(path);
    const auto missing = parse_xml_file(path.string(), recorder);
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().kind == Kind::could_not);
    CHECK(missing.error().message.find(path.string()) != std::string::npos);
    CHECK_FALSE(parse_xml_file("/tmp", recorder).ok());
}

TEST_CASE("a token may be long, but not without a limit, wherever it stands") {
    struct Length : XmlHandler {
        std::size_t length = 0;
        Result<void> start(std::string_view, const XmlAttributes& attributes) override {
            length = attributes.get("a").size();
            return {};
        }
        Result<void> end(std::string_view) override { return {}; }
    } handler;
    const std::string fits(longest_xml_token - 100, 'x'), over(longest_xml_token + (2u << 20), 'x');
    REQUIRE(parse_xml("<r a='" + fits + "'/>", "r.xml", handler).ok());
    CHECK(handler.length == fits.size());
    for (const auto& text : {"<r a='" + over + "'/>", "<r><!--" + over + "--></r>", "<!--" + over + "--><r/>",
                             "<r/><!--" + over + "-->", "<" + over + "/>"}) {
        const auto result = parse_xml(text, "r.xml", handler);
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().kind == Kind::no);
        CHECK(result.error().message ==
              "a token (a tag with its attributes, a comment) is longer than 16 MiB, which is the limit");
    }
    CHECK(parse_xml("<r>" + over + "<![CDATA[" + over + "]]></r>", "r.xml", handler).ok()); // text comes in parts
}

TEST_CASE("elements nest to a limit") {
    const auto nested = [](std::size_t depth) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i) text += "<a>";
        for (std::size_t i = 0; i < depth; ++i) text += "</a>";
        return text;
    };
    CHECK(events_of(nested(deepest_xml)).size() == 7 * deepest_xml);
    CHECK(refused_xml(nested(deepest_xml + 1)).message ==
          "malformed XML: it is nested deeper than 1000, which is the limit");
}

TEST_CASE("names that never come again can't fill the memory") {
    struct Nothing : XmlHandler {
        Result<void> start(std::string_view, const XmlAttributes&) override { return {}; }
        Result<void> end(std::string_view) override { return {}; }
    } handler;
    const std::string rest(10'000, 'n');
    std::string text = "<r>";
    for (int i = 0; i < 15'000; ++i) text += "<n" + std::to_string(i) + rest + "/>"; // 150 MB of them
    const auto result = parse_xml(text + "</r>", "r.xml", handler);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message ==
          "malformed XML: it takes more than 128 MiB to read, which is the limit (names, attributes and open tags)");
    CHECK(events_of("<r/>") == "<r></r>"); // what was held is given back
}

TEST_CASE("an error of the handler ends the reading, is the result, and nothing is told after it") {
    const std::pair<const char*, const char*> cases[] = {
        {"<r><a/><b/></r>", "<r><a>"}, {"<r/><broken", "<r></r>"}, {"<r>text<a/></r>", "<r>text"}};
    for (const auto& [text, expected] : cases) {
        XmlRecorder recorder;
        recorder.fails_at = 2;
        const auto result = parse_xml(text, "r.xml", recorder);
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().message == "enough");
        CHECK(recorder.events == expected);
        CHECK(recorder.calls == 2);
    }
}

TEST_CASE(
    "an error of the handler that names the file without a line gets the place reached, others stay as they are") {
    struct Refuser : XmlHandler {
        Place place;
        Result<void> start(std::string_view name, const XmlAttributes&) override {
            return name == "bad" ? Result<void>(no("bad", place)) : Result<void>();
        }
        Result<void> end(std::string_view) override { return {}; }
    };
    Refuser refuser;
    const auto place_of = [&](Place place) {
        refuser.place = std::move(place);
        return parse_xml("<r>\n\n <bad/></r>", "r.xml", refuser).error().place;
    };
    CHECK(place_of({"r.xml", 0, 0, {}}).line == 3);
    CHECK(place_of({"r.xml", 0, 0, {}}).column == 2);
    CHECK(place_of({"r.xml", 7, 0, {}}).line == 7);
    CHECK(place_of({"other.xml", 0, 0, {}}).line == 0);
    CHECK(place_of({}).line == 0);
}

TEST_CASE("a second document in the same file is told as such") {
    const Error error = refused_xml("<?xml version='1.0'?><a/>\n<?xml version='1.0'?><a/>");
    CHECK(error.message.find(
              "there is text after the end of the document, but a file must hold a single document; cargo's libtest") !=
          std::string::npos);
    CHECK(error.place.line == 2);
}

namespace {

// Read in pieces of this size, with control characters as blanks.
std::string blanked(std::string_view text, std::size_t piece) {
    std::size_t at = 0;
    const auto next = [&]() -> Result<std::string_view> {
        const auto part = text.substr(at, piece);
        at += part.size();
        return part;
    };
    XmlRecorder recorder;
    const auto result = parse_xml(ByteStream::of(next, Encoding::raw), "report.xml", recorder, Controls::blanks);
    return result.ok() ? recorder.events : result.error().message;
}

}

TEST_CASE("control characters are named, or read as blanks") {
    const Error raw = refused_xml("<a>\n x\x1b[31m</a>");
    CHECK(raw.message == "malformed XML: U+001B is a control character, which XML doesn't allow");
    CHECK(raw.place.line == 2);
    CHECK(raw.place.column == 3);
    CHECK(refused_xml("<a>&#27;</a>").message == "malformed XML: it refers to a character that XML doesn't allow");
    for (const std::size_t piece : {2, 3, 5, 100}) {
        INFO(piece);
        CHECK(blanked("<a name='\x01'>x\x1b[31m&#27;&#x1B;&#xffff;&amp;&#65;</a>", piece) ==
              "<a name= >x [31m" + std::string(5 + 6 + 8, ' ') + "&A</a>");
        CHECK(blanked("<a>&#27", piece) == "malformed XML: the file ends too early");
        CHECK(blanked(std::string_view("\xFF\xFE<\0a\0/\0>\0", 10), piece) == "<a></a>");
    }
}
