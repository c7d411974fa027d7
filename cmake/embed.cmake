# migstorm_embed(TARGET FILE FUNCTION): FILE's text as `std::string_view FUNCTION()` in namespace migstorm.
function(migstorm_embed target file function)
  file(READ ${PROJECT_SOURCE_DIR}/${file} MIGSTORM_EMBED_TEXT)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded/${function}.cpp)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT
"#include <string_view>
namespace migstorm {
std::string_view ${function}() {
  return R\"yaml(@MIGSTORM_EMBED_TEXT@)yaml\";
}
} // namespace migstorm
")
  target_sources(${target} PRIVATE ${generated})
endfunction()
