#include "sys/xml.h"
#include "support/catch.h"
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

struct Recorder : XmlHandler {
    std::string events;
    void start(std::string_view name, const XmlAttributes& attributes) override {
        events += "<" + std::string(name);
        if (attributes.has("name")) events += " name=" + std::string(attributes.get("name"));
        events += ">";
    }
    void end(std::string_view name) override { events += "</" + std::string(name) + ">"; }
    void text(std::string_view text) override { events += text; }
};

std::string events_of(std::string_view text) {
    Recorder recorder;
    const auto result = parse_xml(text, "report.xml", recorder);
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return recorder.events;
}

Error refused(std::string_view text) {
    Recorder recorder;
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
    const Error error = refused("\n\n  <a></b>");
    CHECK(error.place.line == 3);
    CHECK(error.place.column == 8);
}

TEST_CASE("a document type is accepted and never loaded, a declared entity is refused") {
    CHECK(events_of("<!DOCTYPE coverage SYSTEM 'http://127.0.0.1:9/x.dtd'><coverage/>") == "<coverage></coverage>");
    CHECK(refused("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>").message.find("entity 'x'") != std::string::npos);
    CHECK(refused("<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><a/>").place.line == 1);
}

TEST_CASE("truncated, empty and mismatched documents are malformed") {
    CHECK(refused("").place.line == 1);
    CHECK(refused("<a>\n<b>").place.line == 2);
    CHECK(refused("<a/><b/>").place.column == 5);
    CHECK(refused("not xml").place.line == 1);
}

TEST_CASE("encodings: UTF-8, UTF-16, Latin-1 and those that iconv knows as one byte per character") {
    CHECK(events_of("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>") == "<a>\u00e9</a>");
    CHECK(events_of("<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>") == "<a>\u20ac</a>");
    CHECK(events_of("<?xml version='1.0' encoding='KOI8-R'?><a>\xC1</a>") == "<a>\u0430</a>");
    CHECK(events_of(std::string_view("\xFF\xFE<\0a\0>\0\xAC\x20<\0/\0a\0>\0", 18)) == "<a>\u20ac</a>");
    CHECK(refused("<?xml version='1.0' encoding='x-none'?><a/>").message.find("unknown encoding") != std::string::npos);
    CHECK(refused("<?xml version='1.0' encoding='../x'?><a/>").place.line == 1);
    CHECK(refused("<?xml version='1.0' encoding='ISO-2022-CN-EXT'?><a/>").place.line == 1);
}

TEST_CASE("what a handler throws arrives at the caller") {
    struct Thrower : Recorder {
        void start(std::string_view, const XmlAttributes&) override { throw std::logic_error("bug"); }
    } thrower;
    CHECK_THROWS_AS((void)parse_xml("<a/>", "report.xml", thrower), std::logic_error);
}

TEST_CASE("a file is read in pieces, and a missing one is an error that names it") {
    const auto path = std::filesystem::temp_directory_path() / ("fairlead-xml-" + std::to_string(std::rand()) + ".xml");
    std::string expected;
    {
        std::ofstream out(path);
        out << "<r>";
        for (int i = 0; i < 20'000; ++i)
            out << "<t name='" << i << "'/>", expected += "<t name=" + std::to_string(i) + "></t>";
        out << "</r>";
    }
    Recorder recorder;
    CHECK(parse_xml_file(path.string(), recorder).ok());
    CHECK(recorder.events == "<r>" + expected + "</r>");
    std::filesystem::remove(path);
    const auto missing = parse_xml_file(path.string(), recorder);
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().kind == Kind::could_not);
    CHECK(missing.error().message.find(path.string()) != std::string::npos);
    CHECK_FALSE(parse_xml_file("/tmp", recorder).ok());
}
