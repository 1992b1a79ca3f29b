using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>Receivers that say they have the beginning of a file, and have not got it from the relay: their word proves nothing.</summary>
[Trait("Rule", "P22")]
[Trait("Rule", "P27")]
public sealed class ClaimTests : HttpTests
{
    private const string Fresh = "NEWNEWNEW!";
    private const string Old = "old-old-ol";

    // What curl says when --fail meets a refusal.
    private const int HttpError = 22;

    // What wget says after an error of the server.
    private const int ServerError = 8;

    [Theory]
    [InlineData(10, "416")]
    [InlineData(9, "409")]
    [InlineData(1, "409")]
    public async Task Curl_OverAnOldFile_ClaimsNothing(int had, string status)
    {
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        var sent = await SendAsync(server, path);
        var file = NewFolder().Write("a", Encoding.ASCII.GetBytes(Old[..had]));

        var receiver = Curl("--fail", "-C", "-", "-o", file, "-w", "%{http_code}", server.Url(path));

        Assert.Equal((HttpError, status), (await receiver.WaitAsync(), receiver.OutputText));
        Assert.Equal(Old[..had], await File.ReadAllTextAsync(file));
        await AssertWaitsAsync(server, path, sent);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(9, ServerError)]
    public async Task Wget_OverAnOldFile_ClaimsNothing(int had, int exitCode)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("wget"), "wget is not installed");
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        var sent = await SendAsync(server, path);
        var folder = NewFolder();
        folder.Write("a", Encoding.ASCII.GetBytes(Old[..had]));

        var receiver = Own(ClientProcess.Start(
            "wget",
            ["--no-config", "-q", "-c", "--tries=1", server.Url(path)],
            new ClientProcessOptions { WorkingDirectory = folder.Path }));

        // wget takes every 416 for the word that it has the whole file.
        Assert.Equal(exitCode, await receiver.WaitAsync());
        Assert.Equal(Old[..had], await File.ReadAllTextAsync(folder["a"]));
        await AssertWaitsAsync(server, path, sent);
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("wget")]
    public async Task EarlyReceiver_WithAnOldFile_IsRefused_BeforeItCouldAddTheNewOneToIt(string program)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable(program), $"{program} is not installed");
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        var folder = NewFolder();
        folder.Write("a", Encoding.ASCII.GetBytes(Old));

        var receiver = program == "curl"
            ? Curl("--fail", "-C", "-", "-o", folder["a"], server.Url(path))
            : Own(ClientProcess.Start(
                "wget",
                ["--no-config", "-q", "-c", "--tries=1", server.Url(path)],
                new ClientProcessOptions { WorkingDirectory = folder.Path }));

        Assert.Equal(program == "curl" ? HttpError : ServerError, await receiver.WaitAsync());
        Assert.Equal(Old, await File.ReadAllTextAsync(folder["a"]));
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task Receiver_ThatHasTheBeginningFromElsewhere_IsSentTheRest_AndTheReceiptCountsThat()
    {
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        using var request = new HttpRequestMessage(HttpMethod.Put, path + "?receivers=2") { Content = new StringContent(Fresh) };
        request.Headers.Accept.ParseAdd("application/json");
        var sent = server.Client.SendAsync(request);
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        var first = Curl("--fail", server.Url(path));
        Assert.Equal(0, await first.WaitAsync());
        await server.WaitForAsync(static transfer => transfer.Receivers is [{ State: SeatState.Delivered }]);
        var file = NewFolder().Write("a", Encoding.ASCII.GetBytes(Fresh[..9]));

        var second = Curl("--fail", "-C", "-", "-o", file, server.Url(path));

        Assert.Equal(0, await second.WaitAsync());
        Assert.Equal(Fresh, await File.ReadAllTextAsync(file));
        using var answer = await sent;
        using var receipt = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("sent", 10), (Word(receipt.RootElement), Count(receipt.RootElement)));
        Assert.Equal(
            [("confirmed", 10L), ("sent", 1L)],
            receipt.RootElement.GetProperty("receivers").EnumerateArray().Select(static one => (Word(one), Count(one))));
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task Receiver_ThatClaimsTheWholeFile_LeavesItsPlaceToAnother()
    {
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path + "?receivers=2", new StringContent(Fresh));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        Assert.Equal(Fresh, await server.Client.GetStringAsync(path));

        var second = Curl("--fail", "-C", "10", "-w", "%{http_code}", server.Url(path));

        Assert.Equal((HttpError, "416"), (await second.WaitAsync(), second.OutputText));
        Assert.False(sent.IsCompleted);
        Assert.Equal(Fresh, await server.Client.GetStringAsync(path));
        using var answer = await sent;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task ReturningReceiver_ThatHasEverything_ConfirmsWithTheDigest_AfterItWasToldSo()
    {
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        using var put = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(Fresh) };
        put.Headers.Add("Want-Repr-Digest", "sha-256=1");
        var sent = server.Client.SendAsync(put);
        await server.WaitForAsync(static transfer => transfer.Length == Fresh.Length);
        await BreakOffAsync(server, path, Fresh.Length);
        using var get = new HttpRequestMessage(HttpMethod.Get, path + "?confirm=b");
        get.Headers.Range = new(Fresh.Length, null);

        using var nothing = await server.Client.SendAsync(get, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, nothing.StatusCode);
        Assert.Equal("You have the whole file.\n", await nothing.Content.ReadAsStringAsync());
        Assert.False(sent.IsCompleted);

        using var post = new HttpRequestMessage(HttpMethod.Post, path + "?confirm=b");
        post.Headers.Add("Repr-Digest", $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Fresh)))}:");
        using var confirmed = await server.Client.SendAsync(post);
        Assert.Equal(HttpStatusCode.NoContent, confirmed.StatusCode);
        using var answer = await sent;
        Assert.StartsWith("confirmed: 10 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task Aria2_EndsTruly_WhenItOpensSeveralConnectionsForSeveralReceivers()
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("aria2c"), "aria2c is not installed");
        var server = await StartAsync();
        var folder = NewFolder();
        var path = $"{server.Mint()}/file.bin";
        var bytes = TestBytes.Create(31, 3_000_000);
        var sent = server.Client.PutAsync(path + "?receivers=4", new ByteArrayContent(bytes));

        var receiver = Own(ClientProcess.Start(
            "aria2c",
            [
                "--no-conf", "--quiet", "--max-tries=2", "--retry-wait=1", "--timeout=10", "-x4", "-s4", "--min-split-size=1M",
                "-d", folder.Path, "-o", "file.bin", server.Url(path),
            ]));

        if (await receiver.WaitAsync() == 0)
        {
            Assert.True((await File.ReadAllBytesAsync(folder["file.bin"])).AsSpan().SequenceEqual(bytes));
        }

        // It is one receiver, whatever it opens: the sender must not hear that four have the file.
        Assert.False(sent.IsCompleted);
        using var cancelled = await server.Client.DeleteAsync(path);
        using var answer = await sent;
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
    }

    private static string? Word(JsonElement receipt) => receipt.GetProperty("outcome").GetString();

    private static long Count(JsonElement receipt) => receipt.GetProperty("bytes").GetInt64();

    private Task<BeamServer> StartAsync()
        => StartServerAsync(static setup => setup.Options = static options => options.ResumeTimeout = TimeSpan.FromMinutes(1));

    private static async Task<Task<HttpResponseMessage>> SendAsync(BeamServer server, string path)
    {
        var sent = server.Client.PutAsync(path, new StringContent(Fresh));
        await server.WaitForAsync(static transfer => transfer.Held.To == Fresh.Length);
        return sent;
    }

    /// <summary>The transfer goes on waiting for its receiver, and the sender hears nothing before that has come.</summary>
    private static async Task AssertWaitsAsync(BeamServer server, string path, Task<HttpResponseMessage> sent)
    {
        Assert.Equal(TransferState.WaitingForReceiver, server.Relay.GetSnapshot().Transfers[0].State);
        Assert.False(sent.IsCompleted);
        Assert.Equal(Fresh, await server.Client.GetStringAsync(path));
        using var answer = await sent;
        Assert.StartsWith("confirmed: 10 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
