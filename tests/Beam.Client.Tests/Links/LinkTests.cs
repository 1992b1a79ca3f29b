namespace Beam.Client.Tests.Links;

public sealed class LinkTests
{
    private const string Token = "n13g22907nvx7d1kcexwzxmmzq";

    [Theory]
    [InlineData("https://example.com/" + Token, "https://example.com/", Token, null)]
    [InlineData("https://example.com/" + Token + "/", "https://example.com/", Token, null)]
    [InlineData("https://example.com/beam/" + Token, "https://example.com/beam/", Token, null)]
    [InlineData("https://example.com/a/b/" + Token + "/%C3%BC%20%2525.txt", "https://example.com/a/b/", Token, "ü %25.txt")]
    [InlineData("http://localhost:4000/n2." + Token + "/a?download", "http://localhost:4000/", "n2." + Token, "a")]
    [InlineData("http://localhost:4000/7-amber-falcon-river/a", "http://localhost:4000/", "7-amber-falcon-river", "a")]
    [InlineData("http://localhost:4000/beam/odd/a", "http://localhost:4000/beam/", "odd", "a")]
    public void Parse_FindsTheParts(string address, string baseAddress, string token, string? name)
    {
        var link = BeamLink.Parse(address);

        Assert.Equal((baseAddress, token, name), (link.BaseAddress.AbsoluteUri, link.Token, link.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("report.pdf")]
    [InlineData("ftp://example.com/" + Token)]
    [InlineData("https://example.com/")]
    [InlineData("https://example.com/" + Token + "/a/b")]
    [InlineData("https://example.com/" + Token + "/a%2Fb")]
    [InlineData("https://example.com/" + Token + "/%0A")]
    [InlineData("https://example.com/" + Token + "/%E2%80%AEfdp.exe")]
    [InlineData("https://beam.example@evil.example/" + Token + "/a")]
    [InlineData("https://a:b@example.com/" + Token)]
    public void TryParse_RefusesWhatIsNoLink(string address)
    {
        Assert.False(BeamLink.TryParse(address, out _));
        Assert.Throws<FormatException>(() => BeamLink.Parse(address));
    }

    [Theory]
    [InlineData("a b", "a%20b")]
    [InlineData("100%", "100%25")]
    [InlineData("ä?#&=+;", "%C3%A4%3F%23%26%3D%2B%3B")]
    [InlineData("...", "...")]
    [InlineData("日本", "%E6%97%A5%E6%9C%AC")]
    public void Url_HasTheNamePercentEncoded_AndReadsBack(string name, string encoded)
    {
        var link = new BeamLink(new Uri("https://example.com/beam"), Token, name);

        Assert.Equal($"https://example.com/beam/{Token}/{encoded}", link.Url.AbsoluteUri);
        Assert.Equal(link, BeamLink.Parse(link.Url.AbsoluteUri));
    }

    [Fact]
    public void Text_LeavesTheTokenOut()
    {
        var link = new BeamLink(new Uri("https://example.com"), Token, "report.pdf");

        Assert.Equal("https://example.com/…/report.pdf", link.ToString());
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\u001b[2J")]
    [InlineData("")]
    public void WithName_RefusesWhatIsNoName(string name)
        => Assert.Throws<ArgumentException>(() => new BeamLink(new Uri("https://example.com"), Token).WithName(name));

    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "_._.._etc_passwd")]
    [InlineData("..", "file")]
    [InlineData("-rf", "_rf")]
    [InlineData(".bashrc", "_bashrc")]
    [InlineData("a\u202Efdp.exe", "a_fdp.exe")]
    [InlineData("a\u001b]0;x\u0007", "a_]0;x_")]
    [InlineData("CON", "_ON")]
    [InlineData("com1.txt", "_om1.txt")]
    [InlineData("LPT²", "_PT²")]
    [InlineData("conout$.txt", "_onout$.txt")]
    [InlineData("com10.txt", "com10.txt")]
    [InlineData("a:b*c?.txt. ", "a_b_c_.txt")]
    [InlineData("Übergröße 日本.txt", "Übergröße 日本.txt")]
    [InlineData("Desktop.INI", "_esktop.INI")]
    [InlineData("autorun.inf", "_utorun.inf")]
    public void SafeName_HasNothingThatAFileSystemOrATerminalWouldActOn(string name, string safe)
        => Assert.Equal(safe, new BeamFile(name, Length: null, ContentType: null, ContentEncoding: null, Id: null).SafeName);
}
