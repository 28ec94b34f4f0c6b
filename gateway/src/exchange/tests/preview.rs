//! The text of a status before it is sent.

use super::house::*;
use super::post::*;

#[tokio::test(start_paused = true)]
async fn what_is_shown_beforehand_is_what_goes_out() {
    for wish in ["EN", "RU", "KZ", "KZ LAT"] {
        let post = Post::new().await;
        post.start();
        post.house.text(OWN, wish).await;
        let lines = post.house.journal().await.len();
        let shown = post.preview(INSURED, OWN).await.unwrap();
        post.pass(1).await;
        assert_eq!(
            (post.carrier.calls(), post.figures()),
            (0, (0, 0)),
            "nothing is sent"
        );
        assert_eq!(
            post.house.journal().await.len(),
            lines,
            "the desk writes its line"
        );
        post.send(INSURED, OWN).await.unwrap();
        post.pass(1).await;
        assert_eq!(post.carrier.texts().concat(), shown.text, "{wish}");
        let got = post.carrier.got.lock().unwrap()[0].clone();
        assert_eq!(got["parts"], shown.parts, "{wish}");
        assert_eq!(got["to"], OWN);
        let line = post.house.journal().await.pop().unwrap();
        assert_eq!(line.language, shown.language);
        // Refused as the sending would be.
        assert_eq!(
            post.preview(CHILD, OWN).await.unwrap_err(),
            post.send(CHILD, OWN).await.unwrap_err()
        );
    }
}
