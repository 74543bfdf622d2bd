// Which number an invocation of a kernel over single numbers makes; see Recording.each.
fn place(id: vec3u, groups: vec3u) -> u32 {
    return id.x + id.y * groups.x * 64u;
}
