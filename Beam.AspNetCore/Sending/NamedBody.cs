using System.IO.Pipelines;
using Beam.AspNetCore.Forms;
using Beam.Transfers;

namespace Beam.AspNetCore.Sending;

/// <summary>A file that a request carries.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Description">What the request says of the file.</param>
/// <param name="Bytes">The file's bytes.</param>
/// <param name="Form">The form that has the file; <see langword="null"/> when the file is the body.</param>
internal sealed record NamedBody(string Name, TransferDescription Description, PipeReader Bytes, UploadForm? Form = null);
