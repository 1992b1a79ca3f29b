using System.Net;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Uploads;

/// <summary><c>PUT</c> with <c>Content-Range</c>, which is what <c>curl -C N -T</c> sends.</summary>
public sealed class ContentRangeTests : UploadTests
{
    [Theory]
    [InlineData(Wire.Http1)]
    [InlineData(Wire.H2c)]
    [InlineData(Wire.TlsHttp2)]
    [Trait("Rule", "P23")]
    public async Task Curl_GoesOn_AtAnOffset(Wire wire)
    {
        var server = await StartResumableServerAsync();
        using var folder = new TempFolder();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        await BreakAsync(server, path);

        var sender = Curl(wire, "--fail", "-C", "40000", "-T", folder.Write("a", File), server.Url(path, wire));

        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith("confirmed: 300000 bytes", sender.OutputText, StringComparison.Ordinal);
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(File, receiver.Output);
    }

    [Theory]
    [InlineData("300000")]
    [InlineData("*")]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P24")]
    public async Task File_ArrivesInOnePiece_WhenItIsSentInRanges(string length)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        for (var from = 0; from < Size; from += 100_000)
        {
            var isLast = from == 200_000;
            using var answer = await SendAsync(
                server,
                HttpMethod.Put,
                path,
                File[from..(from + 100_000)],
                ("Content-Range", $"bytes {from}-{from + 99_999}/{length}"),
                ("Upload-Complete", isLast && length == "*" ? "?1" : null));

            Assert.Equal(isLast ? 200 : from == 0 ? 201 : 204, (int)answer.StatusCode);
            Assert.Equal(($"{from + 100_000}", isLast ? "?1" : "?0"), (Field(answer, "Upload-Offset"), Field(answer, "Upload-Complete")));
        }

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(File, receiver.Output);
    }

    [Theory]
    [InlineData("bytes 40000-40010/300000", 10)]
    [InlineData("bytes 40000-40009/40005", 10)]
    [InlineData("bytes 40000-39999/300000", 10)]
    [InlineData("bytes */300000", 10)]
    [InlineData("bytes=40000-40009", 10)]
    [InlineData("lines 40000-40009/300000", 10)]
    [InlineData("nonsense", 10)]
    [InlineData("bytes 40000-40009/300001", 10)]
    [Trait("Rule", "P23")]
    public async Task Range_IsRefused_WhenItDoesNotFit(string range, int bytes)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        await BreakAsync(server, path);

        using var answer = await SendAsync(server, HttpMethod.Put, path, new byte[bytes], ("Content-Range", range));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(Broken, Assert.Single(server.Relay.GetSnapshot().Transfers).Held.To);
        using var cancelled = await server.Client.DeleteAsync(path);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Range_FromTheStart_DoesNotBeginAnew_WhereAnUploadHasBegun()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        await BreakAsync(server, path);

        using var answer = await SendAsync(server, HttpMethod.Put, path, File[..10], ("Content-Range", "bytes 0-9/300000"));

        Assert.Equal((409, "40000", "?0", "300000"), State(answer));
        using var cancelled = await server.Client.DeleteAsync(path);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Range_FindsNothing_WhereNobodyHasBegun()
    {
        var server = await StartResumableServerAsync();

        using var answer = await SendAsync(
            server, HttpMethod.Put, $"{server.Mint()}/a", new byte[10], ("Content-Range", "bytes 10-19/300000"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P12")]
    public async Task Piece_NeverPassesForTheWhole_WhereNobodyMayComeBack()
    {
        var server = await StartServerAsync();

        using var answer = await SendAsync(
            server, HttpMethod.Put, $"{server.Mint()}/a", new byte[10], ("Content-Range", "bytes 0-9/300000"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
