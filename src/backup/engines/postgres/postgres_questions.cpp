// What a database is, asked of its catalogue: by names and definitions, never by oids, so that a copy of it answers the
// same.
#include "backup/engines/postgres/postgres_catalog.h"
#include "backup/engines/postgres/postgres_parts.h"
#include "base/text.h"
#include <fmt/format.h>
#include <iterator>

namespace fairlead::backup::postgres {
namespace {

// Users' own: without what the server itself, temporary tables and extensions bring.
constexpr const char* ours = R"(
WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'),
rel AS (SELECT c.* FROM pg_class c WHERE relnamespace IN (SELECT oid FROM ours) AND relpersistence <> 't' AND NOT EXISTS
 (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')),
fun AS (SELECT p.* FROM pg_proc p WHERE pronamespace IN (SELECT oid FROM ours) AND NOT EXISTS (SELECT FROM pg_depend d
 WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')),
typ AS (SELECT t.* FROM pg_type t WHERE typnamespace IN (SELECT oid FROM ours) AND (typtype IN ('d', 'e', 'r') OR (typtype
 = 'b' AND NOT EXISTS (SELECT FROM pg_type a WHERE a.typarray = t.oid)) OR (typtype = 'c' AND (SELECT relkind FROM pg_class
 WHERE oid = typrelid) = 'c'))),
)";

// Each row of a question: what of it ("" of itself), of which object, and its value.
constexpr const char* named = R"(asked (what, class, object, part, value) AS ({})
SELECT CASE what WHEN '' THEN '' ELSE what || ' of ' END || i.type || ' ' || i.identity, value
FROM asked, pg_identify_object(class, object, part) i WHERE i.type IS NOT NULL AND NOT EXISTS
 (SELECT FROM pg_depend e WHERE e.classid = class AND e.objid = object AND e.deptype = 'e'))";

std::string rights(const std::string& acl, const std::string& kind, const std::string& owner) {
    const auto all = kind.empty() ? acl : fmt::format("coalesce({}, acldefault({}, {}))", acl, kind, owner);
    return fmt::format(R"((SELECT string_agg(DISTINCT format('%s=%s%s', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE
quote_ident(pg_get_userbyid(grantee)) END, privilege_type, CASE WHEN is_grantable THEN '*' ELSE '' END) COLLATE "C", ' ')
FROM aclexplode({})))",
                       all);
}

// Whoever has an owner.
struct Owned {
    const char *catalogue, *owner, *acl, *kind, *which;
};
constexpr Owned all_owned[] = {
    {"pg_namespace", "nspowner", "nspacl", "'n'", "oid IN (SELECT oid FROM ours)"},
    {"pg_class", "relowner", "relacl", "(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END)::\"char\"",
     "oid IN (SELECT oid FROM rel) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"},
    {"pg_proc", "proowner", "proacl", "'f'", "oid IN (SELECT oid FROM fun)"},
    {"pg_type", "typowner", "typacl", "'T'", "oid IN (SELECT oid FROM typ)"},
    {"pg_language", "lanowner", "lanacl", "'l'", "oid >= 16384"},
    {"pg_foreign_data_wrapper", "fdwowner", "fdwacl", "'F'", "true"},
    {"pg_foreign_server", "srvowner", "srvacl", "'S'", "true"},
    {"pg_collation", "collowner", "", "", "collnamespace IN (SELECT oid FROM ours)"},
    {"pg_operator", "oprowner", "", "", "oprnamespace IN (SELECT oid FROM ours)"},
    {"pg_opclass", "opcowner", "", "", "opcnamespace IN (SELECT oid FROM ours)"},
    {"pg_opfamily", "opfowner", "", "", "opfnamespace IN (SELECT oid FROM ours)"},
    {"pg_conversion", "conowner", "", "", "connamespace IN (SELECT oid FROM ours)"},
    {"pg_ts_config", "cfgowner", "", "", "cfgnamespace IN (SELECT oid FROM ours)"},
    {"pg_ts_dict", "dictowner", "", "", "dictnamespace IN (SELECT oid FROM ours)"},
    {"pg_statistic_ext", "stxowner", "", "", "stxnamespace IN (SELECT oid FROM ours)"},
    {"pg_publication", "pubowner", "", "", "true"},
    {"pg_event_trigger", "evtowner", "", "", "true"},
};

// Of relations, their columns and what hangs on them.
constexpr const char* of_relations[] = {
    R"(SELECT '', 'pg_class'::regclass::oid, oid, 0, concat_ws(' ', relkind, 'OF ' || NULLIF(reloftype, 0)::regtype,
 pg_get_partkeydef(oid), (SELECT amname FROM pg_am a WHERE a.oid = relam)) FROM rel WHERE relkind NOT IN ('c', 'i', 'I'))",
    R"(SELECT w, 'pg_class'::regclass::oid, oid, 0, v FROM rel c, LATERAL (VALUES ('persistence', relpersistence::text),
 ('replica identity', relreplident::text), ('row security', concat(relrowsecurity, ' ', relforcerowsecurity)),
 ('partition bound', pg_get_expr(relpartbound, oid)), ('storage parameters', concat(array(SELECT unnest(reloptions)
 ORDER BY 1), array(SELECT unnest(t.reloptions) FROM pg_class t WHERE t.oid = c.reltoastrelid ORDER BY 1))),
 ('parents', (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid =
 c.oid))) x (w, v) WHERE relkind IN ('r', 'p', 'f', 'm', 'v', 'S') AND v IS NOT NULL)",
    R"(SELECT 'order of columns', 'pg_class'::regclass::oid, c.oid, 0, (SELECT string_agg(quote_ident(attname), ', ' ORDER BY
 attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) FROM rel c WHERE relkind IN ('r',
 'p', 'f', 'v', 'm', 'c'))",
    R"(SELECT 'definition', 'pg_class'::regclass::oid, oid, 0, concat(pg_get_viewdef(oid), relispopulated) FROM rel WHERE
 relkind IN ('v', 'm'))",
    R"(SELECT 'server', 'pg_class'::regclass::oid, ftrelid, 0, concat((SELECT srvname FROM pg_foreign_server s WHERE s.oid =
 ftserver), array(SELECT unnest(ftoptions) ORDER BY 1)) FROM pg_foreign_table)",
    R"(SELECT '', 'pg_class'::regclass::oid, c.oid, attnum::int, concat_ws(', ', format_type(atttypid, atttypmod), CASE
 WHEN attcollation <> 0 THEN 'COLLATE ' || attcollation::regcollation END, CASE WHEN attnotnull THEN 'NOT NULL' END,
 'DEFAULT ' || pg_get_expr(adbin, adrelid), 'identity ' || NULLIF(attidentity::text, ''), 'generated ' || NULLIF(attgenerated::text,
 ''), 'storage ' || attstorage::text, 'statistics ' || NULLIF(attstattarget, -1), 'options ' || attoptions::text, 'foreign ' ||
 attfdwoptions::text, {compression}) FROM rel c JOIN pg_attribute a ON attrelid = c.oid LEFT JOIN pg_attrdef d ON adrelid
 = c.oid AND adnum = attnum WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND attnum > 0 AND NOT attisdropped)",
    R"(SELECT '', 'pg_constraint'::regclass::oid, oid, 0, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 't' AND NOT (contype = 'f' AND conparentid <> 0) AND (conrelid
 IN (SELECT oid FROM rel) OR contypid IN (SELECT oid FROM typ)))",
    R"(SELECT '', 'pg_class'::regclass::oid, indexrelid, 0, concat_ws(' ', pg_get_indexdef(indexrelid), CASE WHEN
 indisclustered THEN 'clustered' END, CASE WHEN indisreplident THEN 'replica identity' END, (SELECT string_agg(attnum ||
 ':' || attstattarget, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = indexrelid AND attstattarget >= 0), (SELECT
 'of ' || inhparent::regclass FROM pg_inherits WHERE inhrelid = indexrelid)) FROM pg_index JOIN rel ON rel.oid = indrelid
 WHERE indisvalid OR relkind = 'p')",
    R"(SELECT '', 'pg_trigger'::regclass::oid, t.oid, 0, concat(pg_get_triggerdef(t.oid), ' ', tgenabled) FROM pg_trigger t
 JOIN rel ON rel.oid = tgrelid WHERE NOT tgisinternal)",
    R"(SELECT 'triggers of foreign keys', 'pg_class'::regclass::oid, tgrelid, 0, count(*) || ' disabled' FROM pg_trigger
 JOIN rel ON rel.oid = tgrelid WHERE tgisinternal AND tgenabled = 'D' AND tgconstraint <> 0 GROUP BY tgrelid)",
    R"(SELECT '', 'pg_rewrite'::regclass::oid, r.oid, 0, concat(pg_get_ruledef(r.oid), ' ', ev_enabled) FROM pg_rewrite r
 JOIN rel ON rel.oid = ev_class WHERE rulename <> '_RETURN')",
    R"(SELECT '', 'pg_policy'::regclass::oid, p.oid, 0, concat_ws(' ', polcmd, polpermissive, array(SELECT CASE r WHEN 0
 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END FROM unnest(polroles) r ORDER BY 1), 'USING ' ||
 pg_get_expr(polqual, polrelid), 'CHECK ' || pg_get_expr(polwithcheck, polrelid)) FROM pg_policy p JOIN rel ON rel.oid =
 polrelid)",
    R"(SELECT '', 'pg_statistic_ext'::regclass::oid, oid, 0, concat_ws(' ', pg_get_statisticsobjdef(oid),
 NULLIF(stxstattarget, -1)) FROM pg_statistic_ext WHERE stxnamespace IN (SELECT oid FROM ours))",
    R"(SELECT 'settings', 'pg_class'::regclass::oid, seqrelid, 0, concat_ws(' ', seqtypid::regtype, seqstart, seqincrement,
 seqmin, seqmax, seqcache, seqcycle, (SELECT concat(refobjid::regclass, '.', attname) FROM pg_depend JOIN pg_attribute ON
 attrelid = refobjid AND attnum = refobjsubid WHERE classid = 'pg_class'::regclass AND objid = seqrelid AND deptype IN
 ('a', 'i') AND refclassid = 'pg_class'::regclass LIMIT 1)) FROM pg_sequence JOIN rel ON rel.oid = seqrelid)",
    R"(SELECT 'value', 'pg_class'::regclass::oid, seqrelid, 0, concat_ws(' ', sign(seqincrement),
 pg_sequence_last_value(seqrelid)) FROM pg_sequence JOIN rel ON rel.oid = seqrelid WHERE NOT seqcycle)",
    R"(SELECT 'rights', 'pg_class'::regclass::oid, attrelid, attnum::int, {column_rights} FROM pg_attribute JOIN rel ON
 rel.oid = attrelid WHERE attacl IS NOT NULL)",
};

// Of everything else.
constexpr const char* of_others[] = {
    R"(SELECT '', 'pg_proc'::regclass::oid, oid, 0, pg_get_functiondef(oid) FROM fun WHERE prokind <> 'a')",
    R"(SELECT '', 'pg_proc'::regclass::oid, p.oid, 0, concat_ws(' ', aggkind, aggnumdirectargs, aggtransfn, aggfinalfn,
 aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn, aggfinalextra, aggfinalmodify,
 NULLIF(aggsortop, 0)::regoperator, aggtranstype::regtype, aggtransspace, agginitval, aggminitval, proparallel,
 pg_get_function_result(p.oid)) FROM pg_aggregate JOIN pg_proc p ON p.oid = aggfnoid WHERE pronamespace IN (SELECT oid FROM
 ours))",
    R"(SELECT '', 'pg_type'::regclass::oid, t.oid, 0, concat_ws(' ', typtype, CASE typtype WHEN 'd' THEN
 format_type(typbasetype, typtypmod) END, CASE WHEN typnotnull THEN 'NOT NULL' END, 'DEFAULT ' || typdefault, CASE WHEN
 typtype = 'd' AND typcollation <> 0 THEN 'COLLATE ' || typcollation::regcollation END, (SELECT string_agg(
 quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), (SELECT concat_ws(' ',
 rngsubtype::regtype, NULLIF(rngcollation, 0)::regcollation, NULLIF(rngcanonical::oid, 0)::regproc,
 NULLIF(rngsubdiff::oid, 0)::regproc, (SELECT opcname FROM pg_opclass WHERE pg_opclass.oid = rngsubopc)) FROM pg_range
 WHERE rngtypid = t.oid), CASE typtype WHEN 'b' THEN concat_ws(' ', typinput, typoutput, typreceive, typsend, typlen,
 typalign, typstorage, typcategory, typdelim) END) FROM typ t)",
    R"(SELECT '', 'pg_extension'::regclass::oid, oid, 0, extnamespace::regnamespace::text FROM pg_extension)",
    R"(SELECT 'version', 'pg_extension'::regclass::oid, oid, 0, extversion FROM pg_extension)",
    R"(SELECT '', 'pg_publication'::regclass::oid, oid, 0, concat_ws(' ', puballtables, pubinsert, pubupdate, pubdelete,
 pubtruncate, pubviaroot) FROM pg_publication)",
    R"(SELECT '', 'pg_publication_rel'::regclass::oid, oid, 0, {published} FROM pg_publication_rel)",
    R"(SELECT '', 'pg_foreign_data_wrapper'::regclass::oid, oid, 0, concat_ws(' ', NULLIF(fdwhandler, 0)::regproc,
 NULLIF(fdwvalidator, 0)::regproc, array(SELECT unnest(fdwoptions) ORDER BY 1)) FROM pg_foreign_data_wrapper)",
    R"(SELECT '', 'pg_foreign_server'::regclass::oid, s.oid, 0, concat_ws(' ', fdwname, srvtype, srvversion, array(SELECT
 unnest(srvoptions) ORDER BY 1)) FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = srvfdw)",
    R"(SELECT '', 'pg_user_mapping'::regclass::oid, umid, 0, array(SELECT unnest(umoptions) ORDER BY 1)::text FROM
 pg_user_mappings)",
    R"(SELECT '', 'pg_event_trigger'::regclass::oid, oid, 0, concat_ws(' ', evtevent, evtfoid::regproc, evtenabled, evttags)
 FROM pg_event_trigger)",
    R"(SELECT '', 'pg_operator'::regclass::oid, oid, 0, concat_ws(' ', oprcode, oprresult::regtype, NULLIF(oprcom,
 0)::regoperator, NULLIF(oprnegate, 0)::regoperator, oprrest, oprjoin, oprcanmerge, oprcanhash) FROM pg_operator WHERE
 oprnamespace IN (SELECT oid FROM ours))",
    R"(SELECT '', 'pg_opclass'::regclass::oid, oid, 0, concat_ws(' ', opcintype::regtype, opcdefault, NULLIF(opckeytype,
 0)::regtype, (SELECT opfname FROM pg_opfamily f WHERE f.oid = opcfamily)) FROM pg_opclass WHERE opcnamespace IN (SELECT oid
 FROM ours))",
    R"(SELECT '', 'pg_opfamily'::regclass::oid, f.oid, 0, concat_ws(' ', (SELECT string_agg(concat_ws(' ', amopstrategy,
 amopopr::regoperator), ', ' ORDER BY amopstrategy, amopopr::regoperator::text) FROM pg_amop WHERE amopfamily = f.oid),
 (SELECT string_agg(concat_ws(' ', amprocnum, amproc), ', ' ORDER BY amprocnum, amproc::text) FROM pg_amproc WHERE
 amprocfamily = f.oid)) FROM pg_opfamily f WHERE opfnamespace IN (SELECT oid FROM ours))",
    R"(SELECT '', 'pg_cast'::regclass::oid, oid, 0, concat_ws(' ', NULLIF(castfunc, 0)::regprocedure, castcontext,
 castmethod) FROM pg_cast c WHERE oid >= 16384 AND NOT EXISTS (SELECT
 FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i'))",
    R"(SELECT '', 'pg_transform'::regclass::oid, oid, 0, concat_ws(' ', trffromsql, trftosql) FROM pg_transform WHERE oid >=
 16384)",
    R"(SELECT '', 'pg_language'::regclass::oid, oid, 0, concat_ws(' ', lanpltrusted, NULLIF(lanplcallfoid, 0)::regproc) FROM
 pg_language WHERE oid >= 16384)",
    R"(SELECT '', 'pg_am'::regclass::oid, oid, 0, concat_ws(' ', amhandler, amtype) FROM pg_am WHERE oid >= 16384)",
    R"(SELECT '', 'pg_conversion'::regclass::oid, oid, 0, concat_ws(' ', pg_encoding_to_char(conforencoding),
 pg_encoding_to_char(contoencoding), conproc, condefault) FROM pg_conversion WHERE connamespace IN (SELECT oid FROM ours))",
    R"(SELECT '', 'pg_collation'::regclass::oid, oid, 0, concat_ws(' ', collprovider, collisdeterministic, collencoding,
 collcollate, collctype, {collation}) FROM pg_collation WHERE collnamespace IN (SELECT oid FROM ours))",
    R"(SELECT 'version', 'pg_collation'::regclass::oid, oid, 0, collversion FROM pg_collation WHERE collnamespace IN (SELECT
 oid FROM ours) AND collversion IS NOT NULL)",
    R"(SELECT '', 'pg_ts_dict'::regclass::oid, oid, 0, concat_ws(' ', dicttemplate, dictinitoption) FROM (SELECT d.oid,
 tmplname AS dicttemplate, dictinitoption FROM pg_ts_dict d JOIN pg_ts_template t ON t.oid = dicttemplate WHERE
 dictnamespace IN (SELECT oid FROM ours)) d)",
    R"(SELECT '', 'pg_ts_config'::regclass::oid, c.oid, 0, (SELECT string_agg(concat_ws(' ', maptokentype, mapseqno,
 mapdict::regdictionary), ', ' ORDER BY maptokentype, mapseqno) FROM pg_ts_config_map WHERE mapcfg = c.oid) FROM
 pg_ts_config c WHERE cfgnamespace IN (SELECT oid FROM ours))",
    R"(SELECT 'rights', 'pg_default_acl'::regclass::oid, oid, 0, {default_rights} FROM pg_default_acl)",
    R"(SELECT 'comment', classoid, objoid, objsubid, description FROM pg_description WHERE (objoid >= 16384 OR (objoid IN
 (SELECT oid FROM ours) AND classoid = 'pg_namespace'::regclass)) AND NOT (classoid = 'pg_class'::regclass AND objoid NOT
 IN (SELECT oid FROM rel)))",
    R"(SELECT 'owner and rights', 'pg_largeobject'::regclass::oid, oid, 0, concat_ws(' ', pg_get_userbyid(lomowner),
 {object_rights}) FROM pg_largeobject_metadata WHERE (SELECT count(*) FROM pg_largeobject_metadata) <= 10000)",
    R"(SELECT 'label ' || provider, classoid, objoid, objsubid, label FROM pg_seclabel WHERE objoid >= 16384)",
};

// Under a name of their own: what no identity is told of, or what has another one in a copy.
constexpr const char* by_name[] = {
    R"(SELECT 'sorting of the database', concat_ws(' ', pg_encoding_to_char(encoding), datcollate, datctype, {sorting}) FROM
 pg_database WHERE datname = current_database())",
    R"(SELECT 'rights of the database', {database_rights} FROM pg_database WHERE datname = current_database())",
    R"(SELECT w || ' of the database', v FROM pg_database d, LATERAL (VALUES ('owner', pg_get_userbyid(datdba)),
 ('connection limit', datconnlimit::text), ('comment', shobj_description(d.oid, 'pg_database'))) x (w, v) WHERE datname =
 current_database() AND v IS NOT NULL)",
    R"(SELECT 'setting ' || split_part(one, '=', 1) || coalesce(' of role ' || quote_ident(r.rolname), '') || CASE setdatabase
 WHEN 0 THEN '' ELSE ' in the database' END, substr(one, strpos(one, '=') + 1) FROM pg_db_role_setting LEFT JOIN pg_roles r
 ON r.oid = setrole, unnest(setconfig) one WHERE (setdatabase = (SELECT oid FROM pg_database WHERE datname =
 current_database()) AND split_part(one, '=', 1) NOT LIKE '%.%') OR (setdatabase = 0 AND setrole IN ({roles})))",
    R"(SELECT 'role ' || quote_ident(rolname), concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
 rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, shobj_description(oid, 'pg_authid')) FROM pg_roles WHERE oid IN
 ({roles}))",
    R"(SELECT format('role %I in %I', pg_get_userbyid(member), pg_get_userbyid(roleid)), bool_or(admin_option)::text FROM
 pg_auth_members WHERE member IN ({roles}) GROUP BY member, roleid)",
    R"(SELECT 'subscription ' || quote_ident(subname), array(SELECT unnest(subpublications) ORDER BY 1)::text FROM
 pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()))",
};

std::string filled(std::string text, int major, Roles_of roles) {
    const std::string fitting = roles == Roles_of::server
                                    ? "SELECT oid FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%'"
                                    : "SELECT refobjid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND "
                                      "refobjid >= 16384 AND dbid = (SELECT oid FROM pg_database WHERE datname = "
                                      "current_database())";
    const std::pair<const char*, std::string> words[] = {
        {"{compression}", major >= 14 ? "'compression ' || NULLIF(attcompression::text, '')" : "NULL"},
        {"{column_rights}", rights("attacl", "'c'", "relowner")},
        {"{object_rights}", rights("lomacl", "'L'", "lomowner")},
        {"{database_rights}", rights("datacl", "'d'", "datdba")},
        {"{default_rights}", rights("defaclacl", "", "")},
        {"{published}",
         major >= 15 ? "concat_ws(' ', pg_get_expr(prqual, prrelid), array(SELECT attname FROM pg_attribute WHERE "
                       "attrelid = prrelid AND attnum = ANY (prattrs) ORDER BY 1))"
                     : "''"},
        {"{collation}", major >= 17   ? "colllocale, collicurules"
                        : major >= 16 ? "colliculocale, collicurules"
                        : major >= 15 ? "colliculocale"
                                      : "NULL"},
        {"{sorting}", major >= 17   ? "datlocprovider, datlocale, daticurules"
                      : major >= 16 ? "datlocprovider, daticulocale, daticurules"
                      : major >= 15 ? "datlocprovider, daticulocale"
                                    : "NULL"},
        {"{roles}", fitting},
    };
    for (const auto& [word, value] : words) text = replace_all(text, word, value);
    return text;
}

std::string asked(const std::string& question) { return ours + replace_all(named, "{}", question); }

}

std::vector<std::string> questions(int major, Roles_of roles) {
    std::vector<std::string> all;
    for (const Owned& one : all_owned) {
        std::string sql =
            fmt::format("SELECT 'owner', '{0}'::regclass::oid, oid, 0, pg_get_userbyid({1})::text FROM {0} "
                        "WHERE {2}",
                        one.catalogue, one.owner, one.which);
        if (*one.acl != '\0')
            sql += fmt::format(" UNION ALL SELECT 'rights', '{0}'::regclass::oid, oid, 0, {1} FROM {0} WHERE {2}",
                               one.catalogue, rights(one.acl, one.kind, one.owner), one.which);
        all.push_back(asked(sql));
    }
    all.push_back(asked("SELECT '', 'pg_namespace'::regclass::oid, oid, 0, '' FROM ours"));
    for (const auto* list : {&of_relations[0], &of_others[0]}) {
        const auto count = list == &of_relations[0] ? std::size(of_relations) : std::size(of_others);
        for (std::size_t i = 0; i < count; ++i) all.push_back(asked(filled(list[i], major, roles)));
    }
    if (major >= 15) {
        all.push_back("SELECT 'collation version of the database', datcollversion FROM pg_database WHERE datname = "
                      "current_database() AND datcollversion IS NOT NULL");
        all.push_back(asked("SELECT '', 'pg_publication_namespace'::regclass::oid, oid, 0, '' FROM "
                            "pg_publication_namespace"));
    }
    for (const char* one : by_name) all.push_back(filled(one, major, roles));
    return all;
}

}
