using System.Net;

namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>A file for several receivers.</summary>
public sealed class ReceiverCountTests : UploadTests
{
    [Fact]
    [Trait("Rule", "P18")]
    public async Task Sender_IsAnswered_WhenAllHaveTheFile()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var sending = server.Client.PutAsync(path + "?receivers=3", new ByteArrayContent(File));

        var receivers = Enumerable.Range(0, 3).Select(_ => Curl("--fail", server.Url(path))).ToList();

        foreach (var receiver in receivers)
        {
            Assert.Equal(0, await receiver.WaitAsync());
            Assert.Equal(File, receiver.Output);
        }

        using var answer = await sending;
        Assert.StartsWith("confirmed: 300000 bytes to 3 receivers", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+2")]
    [InlineData("many")]
    [InlineData("")]
    [InlineData("101")]
    [InlineData("99999999999")]
    [Trait("Rule", "P15")]
    [Trait("Rule", "P18")]
    public async Task Sender_IsRefused_WithNoNumberOfReceivers(string receivers)
    {
        var server = await StartResumableServerAsync();

        using var answer = await server.Client.PutAsync($"{server.Mint()}/a?receivers={receivers}", new ByteArrayContent(File));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
