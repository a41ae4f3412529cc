//! The HTML report in headless Chromium: it loads without errors, filters, opens cases, and stays small with many rows.
//!
//! Skipped with a message if Chromium is not installed, unless `MANIFUZZ_REQUIRE_SERVERS` is set.

use std::process::Command;

use serde_json::Value;

use crate::command::if_installed;
use crate::reporting::{large_run, run, written};

/// What a script in a page returned. The script is the body of an async function, and may use `wait()` for the next frame.
///
/// `None` if Chromium is not installed. Panics if the console shows an error.
fn in_browser(page: &str, fragment: &str, script: &str) -> Option<Value> {
    let directory = tempfile::tempdir().unwrap();
    let errors = "<script>window.failed=[];addEventListener('error',e=>failed.push(e.message));</script>";
    let probe = format!(
        "<script>(async()=>{{const wait=()=>new Promise(done=>setTimeout(done,60));await wait();let result;\
         try{{result=await(async()=>{{{script}}})()}}catch(e){{result={{thrown:String(e)}}}}\
         document.documentElement.dataset.result=encodeURIComponent(JSON.stringify({{result,failed}}))}})()</script>"
    );
    let page =
        page.replacen("<head>", &format!("<head>{errors}"), 1).replacen("</body>", &format!("{probe}</body>"), 1);
    let file = directory.path().join("report.html");
    std::fs::write(&file, page).unwrap();
    let mut chromium = Command::new("chromium");
    chromium.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1280,900",
        "--virtual-time-budget=5000",
    ]);
    chromium.args(["--enable-logging=stderr", "--dump-dom"]);
    chromium.arg(format!("--user-data-dir={}", directory.path().join("profile").display()));
    chromium.arg(format!("file://{}{fragment}", file.display()));
    let output = if_installed("chromium", chromium.output())?;
    let log = String::from_utf8_lossy(&output.stderr);
    let console: Vec<&str> = log.lines().filter(|line| line.contains(":CONSOLE")).collect();
    assert!(console.is_empty(), "{console:?}");
    let dom = String::from_utf8_lossy(&output.stdout);
    let from = dom.find("data-result=\"").unwrap_or_else(|| panic!("the page did not load:\n{log}")) + 13;
    let encoded = &dom[from..from + dom[from..].find('"').unwrap()];
    let value: Value = serde_json::from_str(&percent_decoded(encoded)).unwrap();
    assert_eq!(value["failed"], serde_json::json!([]), "{value}");
    assert!(value["result"]["thrown"].is_null(), "{value}");
    Some(value["result"].clone())
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_page_loads_without_errors_and_contains_foreign_text_as_text() {
    let script = "document.querySelector('#group').value='none';
        document.querySelector('#group').dispatchEvent(new Event('change'));
        const row=[...document.querySelectorAll('#list .row')].find(row=>row.textContent.includes('127.0.0.1'));
        row.click();
        return {title:document.title,images:document.querySelectorAll('img').length,bold:document.querySelectorAll('#list b,dialog i').length,
            answer:document.querySelector('dialog').textContent.includes('<img src=x onerror=alert(1)>')};";
    for is_run in [true, false] {
        let Some(seen) = in_browser(&written("html", &run(), is_run), "", script) else { return };
        assert_eq!(seen["title"], "manifuzz: 1 violation, 3 warnings, 1 note");
        assert_eq!((&seen["images"], &seen["bold"], &seen["answer"]), (&0.into(), &0.into(), &true.into()), "{seen}");
    }
}

#[test]
fn search_and_filters_reduce_the_rows() {
    let script = "const rows=()=>document.querySelectorAll('#list .row').length;
        const count=()=>document.querySelector('#count').textContent;
        const set=(id,value,event)=>{const one=document.querySelector(id);one.value=value;one.dispatchEvent(new Event(event))};
        const seen=[[rows(),count()]];
        set('#q','zero-bytes 500','input'); seen.push([rows(),count()]);
        set('#target','embedded:gitea','change'); seen.push([rows(),count()]);
        const hash=location.hash;
        document.querySelector('#reset').click(); seen.push([rows(),count()]);
        set('#grade','note','change'); seen.push([rows(),count()]);
        return {seen:seen.map(([rows,count])=>`${rows}: ${count.split(' findings')[0]}`),hash};";
    let Some(seen) = in_browser(&written("html", &run(), true), "", script) else { return };
    let expected = serde_json::json!(["5: 5 of 5", "2: 2 of 5", "1: 1 of 5", "5: 5 of 5", "1: 1 of 5"]);
    assert_eq!(
        (&seen["seen"], &seen["hash"]),
        (&expected, &"#q=zero-bytes+500&target=embedded%3Agitea".into()),
        "{seen}"
    );
}

#[test]
fn keys_open_a_case_with_all_that_is_known_of_it() {
    let script = "const list=document.querySelector('#list'), dialog=document.querySelector('dialog');
        const press=(key)=>document.activeElement.dispatchEvent(new KeyboardEvent('keydown',{key,bubbles:true}));
        document.dispatchEvent(new KeyboardEvent('keydown',{key:'/',bubbles:true}));
        const inSearch=document.activeElement.id;
        document.querySelector('#q').value='127.0.0.1'; document.querySelector('#q').dispatchEvent(new Event('input'));
        list.focus(); press('ArrowDown'); press('ArrowDown');
        const active=document.getElementById(list.getAttribute('aria-activedescendant')).className;
        press('Enter'); await wait();
        const text=dialog.textContent, mark=[...dialog.querySelectorAll('mark')].map(mark=>mark.textContent);
        const link=[...dialog.querySelectorAll('a')].map(a=>a.href);
        const result={inSearch,active,open:dialog.open,text,mark,link,curl:document.querySelector('#curl').textContent};
        dialog.close(); await wait();
        return {...result,closed:!dialog.open,focus:document.activeElement.id};";
    let Some(seen) = in_browser(&written("html", &run(), true), "", script) else { return };
    assert_eq!(
        (&seen["inSearch"], &seen["active"], &seen["open"]),
        (&"q".into(), &"row".into(), &true.into()),
        "{seen}"
    );
    assert_eq!((&seen["closed"], &seen["focus"]), (&true.into(), &"list".into()));
    let text = seen["text"].as_str().unwrap();
    let info = manifuzz::model::rule("refusal-is-a-client-error").unwrap();
    for part in
        ["content.config=zero-bytes", "manifest-put", "any malformed digest", info.clause.summary, info.why, info.fix]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    for part in ["Nearest accepted case", "/v2/{repository}/blobs/uploads/", "corpus/my cases.csv:", "500 UNKNOWN"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!seen["mark"].as_array().unwrap().is_empty(), "the difference is marked: {seen}");
    assert_eq!(seen["link"], serde_json::json!(["https://www.rfc-editor.org/rfc/rfc9110#section-15.6"]));
    let curl = seen["curl"].as_str().unwrap();
    assert!(
        curl.starts_with("printf %s '")
            && curl.contains(" --data-binary @- http://127.0.0.1:5000/v2/some/repo/manifests/manifuzz "),
        "{curl}"
    );
}

#[test]
fn a_link_opens_a_filtered_list_and_a_case() {
    let script =
        "return {rows:document.querySelectorAll('#list .row').length,open:document.querySelector('dialog').open,
        group:document.querySelector('#group').value};";
    let page = written("html", &run(), true);
    let Some(seen) = in_browser(&page, "#q=embedded&group=slot&case=1", script) else { return };
    assert_eq!((&seen["open"], &seen["group"]), (&true.into(), &"slot".into()));
    assert!(seen["rows"].as_u64() >= Some(4), "{seen}");
}

#[test]
fn five_thousand_rows_need_few_elements() {
    let script = "const list=document.querySelector('#list'), nodes=()=>document.querySelectorAll('#list *').length;
        const most=[nodes()];
        for (const group of ['defect','rule','slot','none']) {
            const one=document.querySelector('#group'); one.value=group; one.dispatchEvent(new Event('change'));
            for (const part of [0.5,1]) { list.scrollTop=list.scrollHeight*part; await wait(); most.push(nodes()); }
        }
        const last=[...document.querySelectorAll('#list .row')].at(-1);
        last.click();
        return {most:Math.max(...most),least:Math.min(...most),count:document.querySelector('#count').textContent,
            open:document.querySelector('dialog').open,all:document.querySelectorAll('*').length};";
    let Some(seen) = in_browser(&written("html", &large_run(5000), true), "", script) else { return };
    assert_eq!((&seen["count"], &seen["open"]), (&"5000 of 5000 findings".into(), &true.into()), "{seen}");
    assert!(seen["most"].as_u64() < Some(400) && seen["least"].as_u64() > Some(20), "{seen}");
    assert!(seen["all"].as_u64() < Some(2500), "{seen}");
}

#[test]
fn the_theme_button_and_printing_change_the_page() {
    let script =
        "const button=document.querySelector('#theme'), back=()=>getComputedStyle(document.body).backgroundColor;
        const themes=[]; for (let i=0;i<3;i++) { button.click(); themes.push([button.textContent,back()]); }
        const before=document.querySelectorAll('#list .row').length;
        dispatchEvent(new Event('beforeprint'));
        const printed=document.querySelectorAll('#list .row').length;
        dispatchEvent(new Event('afterprint'));
        return {themes,before,printed,after:document.querySelectorAll('#list .row').length};";
    let Some(seen) = in_browser(&written("html", &large_run(300), true), "#group=none", script) else { return };
    let themes = seen["themes"].as_array().unwrap();
    assert_eq!(
        (&themes[0][0], &themes[1][0], &themes[2][0]),
        (&"Theme: light".into(), &"Theme: dark".into(), &"Theme: auto".into())
    );
    assert_ne!(themes[0][1], themes[1][1]);
    assert!(seen["before"] == seen["after"] && seen["before"].as_u64() < Some(60) && seen["printed"] == 300, "{seen}");
}
