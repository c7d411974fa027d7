#include "harness/hyperv/names.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm::hyperv;

TEST_CASE("a guest's id is its GUID in upper case without braces", "[names]") {
  CHECK(to_guid("{8c0e8c0e-1111-2222-3333-444455556666}") == "8C0E8C0E-1111-2222-3333-444455556666");
  CHECK(to_guid(" 8C0E8C0E-1111-2222-3333-444455556666 ") == "8C0E8C0E-1111-2222-3333-444455556666");
  CHECK_FALSE(to_guid("HV1"));
  CHECK_FALSE(to_guid(""));
  CHECK_FALSE(to_guid("8C0E8C0E-1111-2222-3333-44445555666G"));
  CHECK_FALSE(to_guid("8C0E8C0E-1111-2222-3333-4444555566667"));
}

TEST_CASE("a GUID is found inside a message", "[names]") {
  CHECK(find_guid("'g-0-3' failed. (Virtual machine ID 8c0e8c0e-1111-2222-3333-444455556666)") ==
        "8C0E8C0E-1111-2222-3333-444455556666");
  CHECK_FALSE(find_guid("no-id-here, not even 8c0e8c0e-1111-2222-3333"));
  CHECK_FALSE(find_guid("--------"));
}

TEST_CASE("the guest of a setting stands in its InstanceID, a template has none", "[names]") {
  CHECK(guid_of_instance("Microsoft:8c0e8c0e-1111-2222-3333-444455556666\\A1\\0") ==
        "8C0E8C0E-1111-2222-3333-444455556666");
  CHECK_FALSE(guid_of_instance("Microsoft:Definition\\8c0e8c0e-1111-2222-3333-444455556666\\Default"));
  CHECK_FALSE(guid_of_instance("Micro"));
}

TEST_CASE("an object path gives its InstanceID with single backslashes", "[names]") {
  CHECK(instance_id_of_path(R"(\\HV1\root\virtualization\v2:Msvm_X.InstanceID="Microsoft:8C0E\\A\"1\\0")") ==
        R"(Microsoft:8C0E\A"1\0)");
  CHECK_FALSE(instance_id_of_path(R"(\\HV1\root:Msvm_X.Name="a")"));
  CHECK_FALSE(instance_id_of_path(R"(Msvm_X.InstanceID="never closed\)"));
}

TEST_CASE("WQL literals double backslashes and escape quotes", "[names]") {
  CHECK(quote_wql(R"(C:\Volume1\it's.vhd)") == R"('C:\\Volume1\\it\'s.vhd')");
}
