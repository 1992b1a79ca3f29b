using System.IO.Pipelines;
using Beam.Transfers;

namespace Beam.AspNetCore.Forms;

/// <summary>What a form sends: its file, or all of its files as one.</summary>
/// <param name="Name">The name that the form gives it.</param>
/// <param name="Description">What is known of it.</param>
/// <param name="Form">The form.</param>
/// <param name="Body">Its bytes. The reader completes it.</param>
internal sealed record FormFile(string Name, TransferDescription Description, UploadForm Form, PipeReader Body);
