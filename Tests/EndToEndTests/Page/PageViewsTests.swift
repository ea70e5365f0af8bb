import BrowserDriver
import Testing

/// What an operator does with the page, in a real browser against a real server.
@Suite(
  "The page", .serialized,
  .enabled(if: PageSite.isPossible, Comment(rawValue: PageSite.requirement))
)
struct PageViewsTests {
  private let site: PageSite

  init() async throws {
    site = try await PageSite()
  }

  @Test("has five views, each of which shows what there is")
  func views() async throws {
    let page = try await site.page()
    // The landing view says in words what fails.
    try await page.wait(forElement: ".errors .group")
    let errors = try await page.text("#view")
    #expect(errors.contains("ECONNREFUSED") && errors.contains("nginx"))
    try await page.wait(for: "document.body.innerText.includes('Something answered, and said no')")
    for (view, column, text) in [
      ("connections", "process_name", "curl"), ("processes", "process_name", "nginx"),
      ("hosts", "host", "web-2"), ("map", "to", "198.51.100."),
    ] {
      try await page.click("#nav a[data-view=\(view)]")
      try await page.wait(forState: "view", view)
      try await page.wait(
        for: """
          [...document.querySelectorAll('.vrow [data-column="\(column)"]')]
            .some((cell) => cell.innerText.includes("\(text)"))
          """)
      #expect(try await page.count("#nav a[aria-current=page][data-view=\(view)]") == 1)
    }
    // The map draws what its table says.
    #expect(try await page.count(".picture svg *") > 10)
    site.expectClean(page)
  }

  @Test("narrows everything by its filter, and shows a mistake in its place")
  func filter() async throws {
    let page = try await site.page("?view=connections")
    try await page.wait(forRows: 300)
    try await page.press("/")
    try await page.type("process:curl error:any")
    try await page.press("Enter")
    try await page.wait(forState: "q", "process:curl error:any")
    try await page.wait(forRows: 50)
    #expect(Set(try await page.column("process_name").map { String($0.prefix(4)) }) == ["curl"])
    #expect(try await page.count("#chips li") == 2)
    site.expectClean(page)
    try await page.click("#q")
    try await page.press("a", modifiers: [.control])
    try await page.type("erorr:any")
    try await page.wait(forElement: "#mistake button")
    #expect(try await page.text("#mistake").contains("unknown key"))
    try await page.click("#mistake button")
    try await page.wait(forState: "q", "error:any")
    try await page.wait(forRows: 100)
    #expect(page.observations.violations.isEmpty && page.observations.errors.isEmpty)
  }

  @Test("sorts and groups its table")
  func sorting() async throws {
    let page = try await site.page("?view=connections&cols=process_name,bytes_sent,remote_addr")
    try await page.wait(forRows: 300)
    for (direction, state) in [("descending", "-bytes_sent"), ("ascending", "bytes_sent")] {
      try await page.click("[role=columnheader][data-column=bytes_sent] button")
      try await page.wait(forState: "sort", state)
      try await page.wait(
        forElement: "[role=columnheader][data-column=bytes_sent][aria-sort=\(direction)]")
    }
    try await page.click("[role=columnheader][data-column=bytes_sent] button")
    try await page.wait(
      for: """
        document.querySelector('.vrow[aria-rowindex="2"] [data-column=bytes_sent]')
          ?.innerText.startsWith("3")
        """)
    try await page.evaluate(
      """
      (() => {
        const select = document.querySelector(".labelled select");
        select.value = "process";
        select.dispatchEvent(new Event("change"));
      })()
      """)
    try await page.wait(forState: "group", "process")
    try await page.wait(forRows: 2)
    try await page.wait(forElement: "[role=treegrid]")
    site.expectClean(page)
  }

  @Test("shows the span that is brushed, and comes back to now")
  func brush() async throws {
    let page = try await site.page("?view=connections&since=15m")
    try await page.wait(forRows: 300)
    try await page.wait(for: "document.querySelector('.chart .connections')?.getAttribute('d')")
    try await page.drag(".chart", from: 0.85, to: 0.95)
    try await page.wait(for: "new URL(location.href).searchParams.get('until') !== null")
    try await page.wait(forRowsIn: 60...120)
    try await page.click("#back")
    try await page.wait(forState: "until", nil)
    try await page.wait(forRows: 300)
    site.expectClean(page)
  }

  @Test("is the same for whoever gets its URL, and after going back and forward")
  func sharing() async throws {
    let page = try await site.page("?view=connections&q=process:nginx&sort=-duration_us")
    try await page.wait(forRows: 150)
    let rows = try await page.column("remote_addr")
    let url = try await page.evaluate("location.href").text ?? ""
    let other = try await site.browser.page()
    try await other.open(url)
    try await other.wait(forRows: 150)
    #expect(try await other.column("remote_addr") == rows)
    #expect(try await other.evaluate("document.querySelector('#q').value") == "process:nginx")
    try await page.click("#nav a[data-view=hosts]")
    try await page.wait(forElement: ".vrow [data-column=tier]")
    try await page.goInHistory(by: -1)
    try await page.wait(forState: "view", "connections")
    try await page.wait(forRows: 150)
    #expect(try await page.column("remote_addr") == rows)
    try await page.goInHistory(by: 1)
    try await page.wait(forElement: ".vrow [data-column=tier]")
    try await page.reload()
    try await page.wait(forElement: ".vrow [data-column=tier]")
    site.expectClean(page)
    site.expectClean(other)
  }

  @Test("is used by keys alone")
  func keyboard() async throws {
    let page = try await site.page()
    try await page.wait(forElement: ".errors .group")
    try await page.press("j", "Enter")
    try await page.wait(forElement: ".toggle[aria-expanded=true]")
    try await page.press("?")
    try await page.wait(forElement: "dialog[open]")
    #expect(try await page.text("dialog").contains("Next group"))
    try await page.press("Escape")
    try await page.wait(for: "!document.querySelector('dialog').open")
    try await page.press("2")
    try await page.wait(forRows: 300)
    try await page.press("j", "j", "k", "j", "Enter")
    try await page.wait(forElement: "aside.panel:not([hidden])")
    let selected = try #require(try await page.state("sel"))
    #expect(!selected.isEmpty)
    try await page.press("ArrowDown")
    try await page.wait(for: "new URL(location.href).searchParams.get('sel') !== '\(selected)'")
    try await page.press("Escape")
    try await page.wait(for: "document.querySelector('aside.panel').hidden")
    try await page.press("/")
    try await page.type("nginx")
    try await page.press("Enter")
    try await page.wait(forRows: 150)
    // What was entered stays until it is taken away, also before the server has answered.
    try await page.type("x")
    try await page.press("Escape", "Escape")
    try await page.wait(forRows: 150)
    try await page.press("/", "Backspace", "Enter")
    try await page.wait(forRows: 300)
    site.expectClean(page)
  }

  @Test("shows what changes at once, and nothing while it is paused")
  func live() async throws {
    let page = try await site.page("?view=connections")
    try await page.wait(forRows: 300)
    try await site.post([PageRecord(secondsAgo: 0, process: "late")], to: site.server)
    try await page.wait(forRows: 301)
    try await page.wait(
      for: "document.querySelector('.vrow[aria-rowindex=\"2\"]')?.innerText.includes('late')")
    try await page.press("p")
    try await page.wait(forState: "paused", "1")
    try await site.post([PageRecord(secondsAgo: 0, process: "later")], to: site.server)
    try await page.wait(for: "document.querySelector('#status').innerText.includes('1 new')")
    #expect(try await page.rowCount() == 301)
    try await page.press("p")
    try await page.wait(forRows: 302)
    site.expectClean(page)
  }

  @Test("shows what was open at a moment")
  func timeTravel() async throws {
    let page = try await site.page("?view=connections")
    try await page.wait(forRows: 300)
    let moment = PageRecord(secondsAgo: 100).timestamp
    try await page.open("\(site.server.url)/?view=connections&at=\(moment)")
    try await page.waitUntilLive()
    // Every tenth before is open unless it failed, and the last one had not ended.
    try await page.wait(forRowsIn: 13...15)
    site.expectClean(page)
  }
}
