using System.Text;
using Beam.AspNetCore.Forms;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Tests.Forms;

/// <summary>The reader of posted forms by itself: however the body is cut into reads, the file is the same or the form is broken.</summary>
public sealed class UploadFormTests
{
    private const string Boundary = "--=_b";
    private const string Delimiter = "\r\n--" + Boundary;

    // Everything that looks like the beginning of a delimiter, and is none.
    private const string Trickiest = "\r\r\n\r\n-\r\n--\r\n----\r\n----=\r\n----=_\r\n----=_c\n----=_b\r----=_b" + "\r\n--\r\n";

    [Fact]
    [Trait("Rule", "P12")]
    public async Task File_IsTheSame_WithACutAtEveryPosition()
    {
        var body = Form(File("a", Trickiest));
        for (var cut = 0; cut <= body.Length; cut++)
        {
            Assert.Equal(Trickiest, await ReadFileAsync(new CutStream(body, [cut])));
        }
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task File_IsTheSame_WithEveryPieceSize()
    {
        var body = Form(Field("note", "hello" + Trickiest), File("a", Trickiest), Field("after", Trickiest));
        for (var size = 1; size <= 64; size++)
        {
            Assert.Equal(Trickiest, await ReadFileAsync(new CutStream(body, Enumerable.Repeat(size, body.Length))));
        }
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task File_IsTheSame_WithRandomContentAndPieces()
    {
        const string Alphabet = "\r\n-=_bx";
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var content = new string(random.GetItems<char>(Alphabet, random.Next(0, 400)));
            if (content.Contains(Delimiter, StringComparison.Ordinal) || content.StartsWith("--" + Boundary, StringComparison.Ordinal))
            {
                continue;
            }

            var body = Form(Field("f", "x"), File("a", content));
            var pieces = Enumerable.Range(0, body.Length).Select(_ => random.Next(1, 40));

            Assert.True(content == await ReadFileAsync(new CutStream(body, pieces), random.Next(1, 100)), $"Seed {seed} differs.");
        }
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task File_NeverLooksComplete_WhenTheFormIsTruncatedAnywhere()
    {
        var body = Form(Field("note", "hello"), File("a", "content"), Field("after", "x"));

        // The last two bytes are the line end behind the last delimiter, which says nothing.
        for (var length = 0; length < body.Length - 2; length++)
        {
            var result = await TryReadFileAsync(new CutStream(body[..length], []));
            Assert.True(result is null, $"The first {length} of {body.Length} bytes look complete.");
        }
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [Trait("Rule", "P12")]
    public void Form_IsRefused_WithoutAUsableBoundary(string contentType)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = contentType;

        Assert.True(UploadForm.IsForm(request));
        Assert.Null(UploadForm.TryOpen(request));
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Form_IsRefused_WhenItsFieldsAreEndless()
    {
        var body = Form(Field("note", new string('x', 1024 * 1024 + 1)), File("a", "content"));
        var form = Open(new MemoryStream(body));

        Assert.False(await form.FindFileAsync(named: false, CancellationToken.None));
        Assert.Equal("The form cannot be read: The fields before the file are too large.", form.Mistake);
    }

    private static string Field(string name, string value)
        => $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    private static string File(string name, string content)
        => $"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n"
            + $"Content-Type: text/plain\r\n\r\n{content}\r\n";

    private static byte[] Form(params string[] parts) => Encoding.UTF8.GetBytes(string.Concat(parts) + $"--{Boundary}--\r\n");

    private static UploadForm Open(Stream body)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = $"multipart/form-data; boundary=\"{Boundary}\"";
        request.Body = body;
        return UploadForm.TryOpen(request)!;
    }

    private static async Task<string> ReadFileAsync(Stream body, int readSize = 4096)
    {
        var form = Open(body);
        Assert.True(await form.FindFileAsync(named: false, CancellationToken.None), form.Mistake);
        using var content = new MemoryStream();
        await form.CopyToAsync(content, readSize);
        return Encoding.UTF8.GetString(content.ToArray());
    }

    private static async Task<string?> TryReadFileAsync(Stream body)
    {
        var form = Open(body);
        try
        {
            if (!await form.FindFileAsync(named: false, CancellationToken.None))
            {
                return null;
            }

            using var content = new MemoryStream();
            await form.CopyToAsync(content);
            return Encoding.UTF8.GetString(content.ToArray());
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            return null;
        }
    }
}
