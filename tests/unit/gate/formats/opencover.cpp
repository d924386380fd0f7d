#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string opencover_module(const std::string& methods, const std::string& attributes = "") {
    return "<Module " + attributes +
           "><Files><File uid='1' fullPath='C:\\ci\\src\\A.cs'/><File uid='2' fullPath='/repo/src/B.cs'/></Files>"
           "<Classes><Class><FullName>N.A</FullName><Methods>\n" +
           methods + "</Methods></Class></Classes></Module>";
}

std::string opencover_method(const std::string& points,
                             const std::string& head = "<Name>void N.A::f()</Name><FileRef uid='1'/>") {
    return "<Method>" + head + points + "</Method>";
}

Evidence opencover(const std::string& modules, const SourceTree& tree = tree_of({"src/A.cs", "src/B.cs"})) {
    return read("<?xml version='1.0' encoding='utf-8'?>\n<CoverageSession><Summary numSequencePoints='99'/><Modules>" +
                    modules + "</Modules></CoverageSession>",
                tree);
}

}

TEST_CASE("sequence points are lines of their file, else of the file of their method") {
    auto evidence = opencover(
        opencover_module(opencover_method("<SequencePoint vc='3' sl='7' fileid='2'/><SequencePoint vc='0' sl='8'/>"
                                          "<SequencePoint vc='1' sl='8' el='9'/><SequencePoint vc='0' sl='16707566'/>"
                                          "<MethodPoint vc='1' sl='20' fileid='1'/>")));
    CHECK(evidence.format == "opencover");
    CHECK(evidence.coverage->lines() == Count{2, 2});
    CHECK(evidence.coverage->file("src/B.cs").lines() == Count{1, 1});
    CHECK(evidence.coverage->file("src/A.cs").lines() == Count{1, 1});
}

TEST_CASE("each branch point counts, also one that names no file; the same method of two modules counts once") {
    const auto points = "<SequencePoint vc='1' sl='7'/><BranchPoint vc='1' sl='7' path='0'/>"
                        "<BranchPoint vc='0' sl='7' path='1'/><BranchPoint vc='0' sl='7' path='1'/>";
    CHECK(opencover(opencover_module(opencover_method(points))).coverage->branches() == Count{1, 3});
    CHECK(opencover(opencover_module(opencover_method(points)) + opencover_module(opencover_method(points)))
              .coverage->branches() == Count{1, 3});
    CHECK(opencover(opencover_module(opencover_method(points, "<Name>f</Name><FileRef uid='1'/>") +
                                     opencover_method(points, "<Name>g</Name><FileRef uid='1'/>")))
              .coverage->branches() == Count{2, 6});
    CHECK(opencover(opencover_module(opencover_method(points, "<FileRef uid='1'/>") +
                                     opencover_method(points, "<FileRef uid='1'/>")))
              .coverage->branches() == Count{2, 6});
    CHECK(opencover(opencover_module(opencover_method("<BranchPoint vc='1'/><BranchPoint vc='0'/>", "")))
              .coverage->branches() == Count{1, 2});
}

TEST_CASE("what was left out of the measurement is left out") {
    const auto skipped = "<Method skippedDueTo='Attribute'><Name>g</Name><FileRef uid='9'/><SequencePoint vc='0' "
                         "sl='9'/><BranchPoint vc='0'/></Method>";
    const auto kept = opencover_method("<SequencePoint vc='1' sl='7'/>");
    CHECK(opencover(opencover_module(skipped + kept)).coverage->lines() == Count{1, 1});
    CHECK(opencover(opencover_module(kept) +
                    opencover_module(opencover_method("<SequencePoint vc='0' sl='1'/>"), "skippedDueTo='Filter'"))
              .coverage->lines() == Count{1, 1});
}

TEST_CASE("modules may number their files each by itself") {
    auto evidence =
        opencover(opencover_module(opencover_method("<SequencePoint vc='1' sl='7'/>")) +
                  "<Module><Files><File uid='1' fullPath='/repo/src/B.cs'/></Files><Classes><Class><Methods>" +
                  opencover_method("<SequencePoint vc='1' sl='9'/>") + "</Methods></Class></Classes></Module>");
    CHECK(evidence.coverage->file("src/A.cs").lines().total == 1);
    CHECK(evidence.coverage->file("src/B.cs").lines().total == 1);
}

TEST_CASE("a point of OpenCover that can't be read makes the report malformed, with its line") {
    for (const auto* point : {"<SequencePoint sl='1'/>", "<SequencePoint vc='1'/>", "<SequencePoint vc='-1' sl='1'/>",
                              "<SequencePoint vc='NaN' sl='1'/>", "<SequencePoint vc='1' sl='99999999999'/>",
                              "<SequencePoint vc='1' sl='1' fileid='7'/>", "<BranchPoint vc='x'/>"}) {
        const auto evidence = opencover(opencover_module(opencover_method(point)));
        INFO(point);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 3);
    }
    CHECK(opencover(opencover_module(opencover_method("<SequencePoint vc='1' sl='1' fileid='7'/>"))).reason ==
          "file '7' is not listed");
    CHECK(opencover(opencover_module(opencover_method("") + opencover_method("<SequencePoint vc='1' sl='1'/>", "")))
              .reason == "neither a <SequencePoint> nor its <Method> names a file");
    CHECK(read("<CoverageSession><Modules>").problem == Problem::malformed);
}
