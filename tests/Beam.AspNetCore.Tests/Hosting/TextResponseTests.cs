using System.Net.Http.Headers;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Hosting;

public sealed class TextResponseTests : HttpTests
{
    [Theory]
    [InlineData("POST", "token", "*/*")]
    [InlineData("GET", "", "*/*")]
    [InlineData("GET", "", "text/html")]
    [InlineData("GET", "no-such-token/a", "*/*")]
    [InlineData("GET", "no-such-token/a", "text/html")]
    [Trait("Rule", "P29")]
    public async Task Answer_SaysItsLength(string method, string path, string accept)
    {
        var server = await StartServerAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));

        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (method == "POST")
        {
            server.Guard((await answer.Content.ReadAsStringAsync()).Trim());
        }

        Assert.NotEqual(true, answer.Headers.TransferEncodingChunked);
        Assert.Equal((await answer.Content.ReadAsByteArrayAsync()).Length, answer.Content.Headers.ContentLength);
    }

    [Fact]
    [Trait("Rule", "P13")]
    public async Task Receipt_SaysItsLength()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var received = server.Client.GetStringAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent("hello") };

        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.NotEqual(true, answer.Headers.TransferEncodingChunked);
        Assert.StartsWith("confirmed: 5 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("hello", await received);
    }
}
